import { sheet } from '../../../shared/page/document.ts';
import { STYLE } from '../../../shared/page/style.ts';

const OWN = `
.improved h1, .better { color: var(--good); }
.worse h1, .outcome.worse { color: var(--bad); }
.no_significant_gain h1, .not_evaluated h1 { color: var(--even); }
td.metric { min-width: 7.5em; }
td.bars { width: 30%; min-width: 180px; padding-right: 0; }
.decides { display: inline-block; font-size: 12px; color: var(--card); background: var(--ink); border-radius: 3px; padding: 0 6px; margin-top: 2px; }
.key .is-tuned { background: var(--tuned); } .key .is-held { background: var(--held); } .key .is-raw { background: var(--tuned); opacity: .35; }
.bars text { font-size: 11px; }
.base-bar { stroke: var(--base); } .tuned-bar { stroke: var(--tuned); }
.base-dot { fill: var(--base); } .tuned-dot { fill: var(--tuned); }
.base-bar, .tuned-bar { stroke-width: 4; stroke-linecap: round; stroke-opacity: .45; }
polyline { fill: none; stroke-linejoin: round; stroke-linecap: round; }
.raw { stroke: var(--tuned); stroke-width: 1; stroke-opacity: .35; } .smooth { stroke: var(--tuned); stroke-width: 2.25; }
.held { stroke: var(--held); stroke-width: 1.5; stroke-dasharray: 2 4; } .held-dot { fill: var(--held); stroke: var(--paper); stroke-width: 1.5; }
.outcome { font-weight: 600; } .outcome.same { color: var(--soft); }
.answers { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 18px; margin-top: 14px; padding-top: 12px; border-top: 1px solid var(--line); }
.answers .from-tuned { color: var(--tuned); }
@media (max-width: 720px) {
  td.metric, td.change, td.bars { grid-column: 1 / -1; width: auto; }
  .answers { grid-auto-flow: row; grid-template-columns: minmax(0, 1fr); }
}
`;

export const SHEET = await sheet(STYLE + OWN);
