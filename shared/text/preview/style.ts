import { sheet } from '../../page/document.ts';
import { STYLE } from '../../page/style.ts';

const OWN = `
:root { --learnt: #d3ecd8; --learnt-odd: #bfe2c7; --cut: #f8dcd7; --quiet: #f3e9cd; }
@media (prefers-color-scheme: dark) { :root { --learnt: #1d4a30; --learnt-odd: #26603e; --cut: #55221c; --quiet: #453a17; } }
.tokens { margin-top: 10px; font: 14px/2 ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono", "Noto Sans Mono CJK SC", monospace; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.tokens span { border-right: 1px solid var(--line); padding: 2px 0; }
.tokens .context, .tokens .first { color: var(--soft); }
.learnt { background: var(--learnt); } .learnt.odd { background: var(--learnt-odd); }
.tokens .learnt { color: var(--ink); border-bottom: 2px solid var(--good); }
.tokens .cut { background: var(--cut); text-decoration: line-through; text-decoration-color: var(--bad); }
.tokens .weight, .tokens .history { background: var(--quiet); border-bottom: 2px dotted var(--even); }
.legend { margin-top: 14px; font-size: 14px; } .legend div { display: flex; gap: 10px; margin: 3px 0; }
.legend dt { min-width: 6.5em; padding: 0 6px; border-radius: 3px; text-align: center; align-self: flex-start; border: 1px solid var(--line); }
.legend .cut { background: var(--cut); } .legend .weight, .legend .history { background: var(--quiet); }
.side { margin-top: 14px; padding-top: 10px; border-top: 1px solid var(--line); }
.segments td { padding: 5px 14px 5px 0; font-size: 14px; } .segments .text { font-size: 13px; }
.bar { fill: var(--tuned); } .bar.over { fill: var(--bad); }
.limit { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 4 3; }
`;

export const SHEET = await sheet(STYLE + OWN);
