/** Answers side by side. */
import type { RunReport, Sample } from '../../../shared/contracts/report.ts';
import { parseStructure } from '../metrics/json.ts';
import { count } from '../wording.ts';
import { markup, type Html } from './html.ts';

const FOLD_FROM = 700; // characters
const HEAD = 160;
const TAIL = 200; // a chat's question stands at its end
const MOST = 20_000;

const OUTCOMES = { better: '▲ better', same: '= same', worse: '▼ worse' } as const;

const show = (text: string, code: string): Html => markup`<div class="text${code}">${text}</div>`;

/** Long text is folded behind its beginning; beyond `MOST` characters it is cut, and says so. */
const folded = (text: string, isCode: boolean): Html => {
  const code = isCode ? ' code' : '';
  if (text.trim() === '') return markup`<p class="none">nothing${text === '' ? '' : ' but white space'}</p>`;
  const characters = Array.from(text.slice(0, MOST));
  if (text.length <= FOLD_FROM) return show(text, code);
  const whole = text.length > MOST ? `${characters.join('')}\n… (the rest is in predictions.jsonl)` : text;
  const preview = `${characters.slice(0, HEAD).join('')} … ${Array.from(text.slice(-TAIL * 2))
    .slice(-TAIL)
    .join('')}`;
  const size = count(text.length, 'character');
  return markup`<details>
    <summary>
      ${show(preview, code)}
      <span class="more"><span class="if-closed">show all, ${size}</span><span class="if-open">show less</span></span>
    </summary>
    ${show(whole, code)}
  </details>`;
};

const answer = (label: string, from: string, text: string | null, isCode: boolean): Html | null =>
  text === null
    ? null
    : markup`<section>
        <h3 class="${from}">${label}</h3>
        ${folded(text, isCode)}
      </section>`;

const sample = ({ line, prompt, reference, base, tuned, outcome }: Sample): Html => {
  const isCode = parseStructure(reference) !== null;
  return markup`<article class="sample">
    <header>
      <span>${line === null ? 'held-out row' : `line ${line} of the data`}</span>
      ${outcome ? markup`<span class="outcome ${outcome}">${OUTCOMES[outcome]}</span>` : null}
    </header>
    <h3>Prompt</h3>
    ${folded(prompt, false)}
    <div class="answers">
      ${answer('Reference', 'from-reference', reference, isCode)}
      ${answer('Base', 'from-base', base, isCode)}
      ${answer('Tuned', 'from-tuned', tuned, isCode)}
    </div>
  </article>`;
};

const howChosen = ({ samples, figures }: RunReport): string => {
  const [better, same, worse] = ['rows_better', 'rows_same', 'rows_worse'].map((key) =>
    Number(figures[key] ?? 0),
  );
  const drawn = `${samples.length} of ${count(Number(figures['answered_rows'] ?? samples.length), 'answered row')}, drawn by lot`;
  if (samples.every((s) => s.outcome === null)) return `${drawn}.`;
  return `${drawn} and not picked by hand: rows that got better, stayed the same or got worse by ${figures['deciding_metric']} appear in their proportion, each kind at least once. Over all rows: ${better} better, ${same} same, ${worse} worse.`;
};

export const sideBySide = (report: RunReport): Html | null =>
  report.samples.length === 0
    ? null
    : markup`<h2>Answers side by side</h2>
        <p class="note">${howChosen(report)}</p>
        ${report.samples.map(sample)}`;
