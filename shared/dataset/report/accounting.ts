/** What became of every row: a bar that adds up, and its numbers. */
import type { DatasetReport } from '../../contracts/dataset.ts';
import type { Fate } from '../../contracts/row.ts';
import { markup, type Html } from '../../page/html.ts';
import { stackedBar } from '../../page/stacked.ts';
import { count, percent } from '../../page/wording.ts';

export const FATES: Readonly<Record<Fate, { readonly name: string; readonly means: string }>> = {
  train: { name: 'to train on', means: 'the model learns from it' },
  held_out: { name: 'held out', means: 'kept for the test, never trained on' },
  dropped: { name: 'dropped', means: 'well formed, and of no use by a rule' },
  duplicate: { name: 'duplicate', means: 'says what an earlier row says' },
  quarantined: { name: 'quarantined', means: 'has an error, or something that the recipe rejects' },
};
const ORDER = Object.keys(FATES) as Fate[];

/** `90 + 9 + 1 + 0 + 0 = 100 rows in` */
const sumOf = (rows: DatasetReport['rows']): string =>
  `${ORDER.map((fate) => rows[fate].toLocaleString('en-US')).join(' + ')} = ${count(rows.in, 'row')} in`;

export const accounting = ({ rows }: DatasetReport): Html => {
  const parts = ORDER.map((fate) => ({ name: FATES[fate].name, n: rows[fate], className: `fate-${fate}` }));
  return markup`<h2>What became of each row</h2>
    <p class="note">${sumOf(rows)}. Every row that came in has exactly one of these fates.</p>
    <figure>${stackedBar('Rows by fate', parts)}</figure>
    <table class="fates">
      <thead>
        <tr>
          <th scope="col">Fate</th>
          <th scope="col">Rows</th>
          <th scope="col">Share</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${ORDER.map(
          (fate) =>
            markup`<tr>
              <td><span class="key"><i class="fate-${fate}"></i>${FATES[fate].name}</span></td>
              <td data-label="Rows"><b>${rows[fate].toLocaleString('en-US')}</b></td>
              <td data-label="Share">${percent(rows[fate], rows.in)}</td>
              <td class="wide" data-label="Meaning">${FATES[fate].means}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${rows.truncated > 0 ? markup`<p class="note">${count(rows.truncated, 'row')} to train on ${rows.truncated === 1 ? 'is' : 'are'} longer than max_length and read in part.</p>` : null}`;
};
