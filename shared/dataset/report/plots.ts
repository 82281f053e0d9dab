/** How long the rows are, and in what scripts they are written. */
import type { DatasetReport } from '../../contracts/dataset.ts';
import { binName } from '../../histogram.ts';
import { uprightBars } from '../../page/bars.ts';
import { markup, type Html } from '../../page/html.ts';
import { sharesList, stackedBar, type Share } from '../../page/stacked.ts';
import { count } from '../../page/wording.ts';
import type { Portrait, ScriptCounts } from './portrait.ts';

/** Null where no row is left, and for reports from before lengths were counted. */
export const lengthPlot = ({ characters, rows }: DatasetReport): Html | null => {
  const { step, bins, median, max, total } = characters;
  if (rows.train === 0 || step === undefined || !bins) return null;
  const named = bins.map((n, i) => ({ n, name: binName({ step, bins, max }, i), className: 'bar' }));
  return markup`<h2>How long the rows are</h2>
    <p class="note">
      Characters of all texts of a row, over ${count(rows.train, 'row')} to train on: ${median.toLocaleString('en-US')} at the median,
      ${max.toLocaleString('en-US')} at most, ${total.toLocaleString('en-US')} in all. droptune preview counts tokens.
    </p>
    <figure>
      ${uprightBars({
        label: `Rows by length: ${named.map(({ name, n }) => `${name} characters ${n}`).join(', ')}`,
        bars: named,
        unit: 'characters of a row',
      })}
    </figure>`;
};

const COLOURS = 6; // more parts than that share the last

const shares = (counts: ScriptCounts): Share[] =>
  Object.entries(counts).map(([name, n], i) => ({
    name,
    n,
    className: `part-${Math.min(i, COLOURS - 1)}`,
  }));

const scriptFigure = (label: string, counts: ScriptCounts): Html | null => {
  const parts = shares(counts);
  return parts.length === 0
    ? null
    : markup`<figure>
        <figcaption>${label}</figcaption>
        ${stackedBar(`${label} by script`, parts)} ${sharesList(parts)}
      </figure>`;
};

export const scriptPlot = ({ rows, prompts, answers }: Portrait): Html | null =>
  rows === 0
    ? null
    : markup`<h2>Scripts</h2>
        <p class="note">What most letters of a text belong to, in ${count(rows, 'row')} taken evenly from those that are used.</p>
        ${scriptFigure('What is asked', prompts)} ${scriptFigure('What is answered', answers)}`;
