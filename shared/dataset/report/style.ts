import { sheet } from '../../page/document.ts';
import { STYLE } from '../../page/style.ts';

const OWN = `
:root { --violet: #6b4fa0; --rose: #a8487c; --olive: #66741a; }
@media (prefers-color-scheme: dark) { :root { --violet: #b39be6; --rose: #e58fbd; --olive: #b9c65a; } }
.ready h1 { color: var(--good); } .rejected h1 { color: var(--bad); }
.stacked { border-radius: 4px; } .stacked rect { stroke: var(--paper); stroke-width: 1; }
.fate-train, .part-0 { fill: var(--tuned); } .fate-held_out, .part-1 { fill: var(--held); } .fate-dropped, .part-2 { fill: var(--base); }
.fate-duplicate, .part-3 { fill: var(--violet); } .fate-quarantined { fill: var(--bad); } .part-4 { fill: var(--olive); } .part-5 { fill: var(--rose); }
.key { margin-right: 16px; } .key i { width: 14px; height: 14px; border-radius: 3px; flex: none; }
.key .fate-train, .key .part-0 { background: var(--tuned); } .key .fate-held_out, .key .part-1 { background: var(--held); } .key .fate-dropped, .key .part-2 { background: var(--base); }
.key .fate-duplicate, .key .part-3 { background: var(--violet); } .key .fate-quarantined { background: var(--bad); } .key .part-4 { background: var(--olive); } .key .part-5 { background: var(--rose); }
.fates td { padding: 9px 14px 9px 0; } .fates .key { color: var(--ink); margin: 0; }
.bar { fill: var(--tuned); }
figcaption { font-size: 14px; margin-bottom: 6px; }
.problem h3 { font-size: 17px; font-weight: 600; color: var(--ink); margin: 0 0 4px; }
.problem { border-left-width: 4px; } .problem.error { border-left-color: var(--bad); } .problem.warning { border-left-color: var(--even); } .problem.info { border-left-color: var(--base); }
.severity { font-weight: 600; } .error .severity { color: var(--bad); } .warning .severity { color: var(--even); }
.fix { font-size: 15px; max-width: 76ch; overflow-wrap: anywhere; }
.places { list-style: none; margin-top: 10px; } .places li { display: grid; grid-template-columns: minmax(12em, 18em) 1fr; gap: 2px 18px; padding: 6px 0; border-top: 1px solid var(--line); }
.where { font-size: 14px; color: var(--soft); overflow-wrap: anywhere; }
.message { padding: 8px 0 8px 12px; border-left: 3px solid var(--line); margin-top: 10px; } .message.assistant { border-left-color: var(--tuned); }
.reasoning { color: var(--soft); font-style: italic; margin-bottom: 6px; }
.answer { margin-top: 14px; padding-top: 10px; border-top: 1px solid var(--line); } .answer > h3 { color: var(--ink); font-weight: 600; }
@media (max-width: 720px) { .places li { grid-template-columns: 1fr; } .sample header { flex-wrap: wrap; gap: 2px 14px; } .fates td:first-child, .fates .wide { grid-column: 1 / -1; } }
`;

export const SHEET = await sheet(STYLE + OWN);
