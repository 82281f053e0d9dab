/** What all pages look like; a page adds its own rules and gives both to `sheet`. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1d2125; --soft: #5c646c; --line: #dedbd3; --grid: #e9e6df;
  --base: #868d95; --tuned: #0a6c74; --held: #c2570c; --good: #1a6e41; --bad: #ad2a1f; --even: #7a5b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --card: #1b1f23; --ink: #e7e6e2; --soft: #9ba3ab; --line: #32383e; --grid: #272c31;
    --base: #8b949d; --tuned: #4cc3cc; --held: #f0924a; --good: #57c98a; --bad: #ff8a7d; --even: #e3b94a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Noto Sans SC",
    "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
}
main { max-width: 1000px; margin: 0 auto; padding: 48px 24px 64px; }
h1, h2, h3, p, dl, dd, ul, ol, figure, table { margin: 0; padding: 0; }
h2 { font-size: 20px; line-height: 1.3; margin: 52px 0 6px; letter-spacing: -0.005em; }
.note { color: var(--soft); font-size: 14px; max-width: 70ch; }
.over { color: var(--soft); font-size: 14px; overflow-wrap: anywhere; }
h1 { font-size: 38px; line-height: 1.15; letter-spacing: -0.02em; margin: 6px 0 12px; }
.lead { font-size: 19px; line-height: 1.5; max-width: 62ch; overflow-wrap: anywhere; }
.figures { display: flex; flex-wrap: wrap; gap: 14px 40px; margin-top: 26px; padding-top: 18px; border-top: 1px solid var(--line); }
.figures dt { color: var(--soft); font-size: 13px; }
.figures dd { font-size: 17px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.findings { margin-top: 12px; padding: 0 0 0 20px; max-width: 74ch; }
.findings li { margin: 6px 0; }

table { width: 100%; border-collapse: collapse; margin-top: 16px; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: 13px; padding: 0 14px 8px 0; border-bottom: 1px solid var(--ink); }
td { padding: 14px 14px 12px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td small { display: block; color: var(--soft); font-size: 13px; white-space: nowrap; }
td b { font-weight: 600; white-space: nowrap; }
.keys { margin-top: 10px; }
.key { display: inline-flex; align-items: center; gap: 7px; margin-right: 20px; font-size: 14px; color: var(--soft); }
.key i { width: 16px; height: 4px; border-radius: 2px; background: var(--base); }

svg { display: block; width: 100%; overflow: visible; }
svg text { fill: var(--soft); font-size: 12px; font-family: inherit; font-variant-numeric: tabular-nums; }
.track, .grid { stroke: var(--grid); stroke-width: 1; } .axis { stroke: var(--soft); stroke-width: 1; }
figure { margin-top: 14px; } figcaption { margin-bottom: 10px; }

.sample { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin-top: 16px; padding: 16px 18px 18px; break-inside: avoid; }
.sample header { display: flex; justify-content: space-between; gap: 16px; font-size: 13px; color: var(--soft); margin-bottom: 10px; }
.sample h3 { font-size: 13px; font-weight: 500; color: var(--soft); margin-bottom: 3px; }
.text { font-size: 15px; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; text-align: start; }
.code { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono", "Noto Sans Mono CJK SC", monospace; }
.none { color: var(--soft); font-style: italic; }
summary { cursor: pointer; list-style: none; } summary::-webkit-details-marker { display: none; }
summary:focus-visible { outline: 2px solid var(--tuned); outline-offset: 3px; border-radius: 2px; }
summary .more { display: inline-block; font-size: 13px; color: var(--tuned); text-decoration: underline; text-underline-offset: 3px; margin-top: 4px; }
details[open] > summary .text { display: none; } details[open] > summary .more { margin: 0 0 4px; }
.if-open { display: none; } details[open] .if-open { display: inline; } details[open] .if-closed { display: none; }

.made { display: grid; grid-template-columns: minmax(9em, 13em) 1fr; gap: 0 24px; margin-top: 14px; font-size: 15px; }
.made dt { color: var(--soft); } .made dt, .made dd { padding: 7px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.made dd { font-variant-numeric: tabular-nums; }
.words { margin-top: 12px; font-size: 15px; max-width: 76ch; } .words dt { font-weight: 600; margin-top: 12px; }
footer { margin-top: 48px; color: var(--soft); font-size: 13px; }

@media (max-width: 720px) {
  main { padding: 28px 16px 48px; } h1 { font-size: 30px; } .lead { font-size: 17px; } h2 { margin-top: 40px; }
  thead { display: none; } tr { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; padding: 14px 0; border-bottom: 1px solid var(--line); }
  td { border: 0; padding: 0; }
  td[data-label]::before { content: attr(data-label); display: block; color: var(--soft); font-size: 13px; }
  .made { grid-template-columns: 1fr; } .made dt { border: 0; padding-bottom: 0; } .made dd { padding-top: 0; }
}
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --grid: #ddd; --base: #777; --tuned: #0a6c74; --held: #b04a00; --good: #1a6e41; --bad: #ad2a1f; --even: #6b5000; }
  body { font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; } main { max-width: none; padding: 0; }
  h2 { break-after: avoid; } figure, tr { break-inside: avoid; } .more { display: none; }
}
`;
