/** Answers side by side. */
import type { RunReport, Sample } from '../../../shared/contracts/report.ts';
import { folded } from '../../../shared/page/folded.ts';
import { markup, type Html } from '../../../shared/page/html.ts';
import { count } from '../../../shared/page/wording.ts';
import { parseStructure } from '../metrics/json.ts';

const OUTCOMES = { better: '▲ better', same: '= same', worse: '▼ worse' } as const;

const REST = 'predictions.jsonl';

const answer = (label: string, from: string, text: string | null, isCode: boolean): Html | null =>
  text === null
    ? null
    : markup`<section>
        <h3 class="${from}">${label}</h3>
        ${folded(text, { code: isCode, rest: REST })}
      </section>`;

const sample = ({ line, prompt, reference, base, tuned, outcome }: Sample): Html => {
  const isCode = parseStructure(reference) !== null;
  return markup`<article class="sample">
    <header>
      <span>${line === null ? 'held-out row' : `line ${line} of the data`}</span>
      ${outcome ? markup`<span class="outcome ${outcome}">${OUTCOMES[outcome]}</span>` : null}
    </header>
    <h3>Prompt</h3>
    ${folded(prompt, { rest: REST })}
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
