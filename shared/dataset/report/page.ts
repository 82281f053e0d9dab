/** The report of a dataset as one HTML file. */
import type { DatasetReport } from '../../contracts/dataset.ts';
import type { Range } from '../../contracts/estimate.ts';
import type { Reason } from '../../contracts/recipe.ts';
import { documentOf } from '../../page/document.ts';
import { markup, type Html } from '../../page/html.ts';
import { count } from '../../page/wording.ts';
import type { Expected } from '../../plan/budget.ts';
import { accounting } from './accounting.ts';
import { personalSection } from './personal.ts';
import { lengthPlot, scriptPlot } from './plots.ts';
import type { Portrait } from './portrait.ts';
import { problemSections, reasonsList, sameSection } from './problems.ts';
import { sampleRows } from './samples.ts';
import { SHEET } from './style.ts';

export type DatasetPage = {
  /** of the dataset, as its people know it */
  readonly title: string;
  readonly report: DatasetReport;
  readonly portrait: Portrait;
  /** why each number of the plan is what it is, and what it would roughly take; null where there is no plan */
  readonly plan: { readonly reasons: readonly Reason[]; readonly expected: Expected } | null;
};

const STATUS = {
  ready: { mark: '✓', name: 'Ready to train on' },
  rejected: { mark: '✗', name: 'Refused' },
} as const;

const lead = ({ status, rows, shape }: DatasetReport): string => {
  const left = rows.in - rows.train - rows.held_out;
  const counts = `${count(rows.in, 'row')} of ${shape === null ? 'no known shape' : `the shape ${shape}`}: ${rows.train.toLocaleString('en-US')} to train on, ${rows.held_out.toLocaleString('en-US')} held out for the test, ${left.toLocaleString('en-US')} left out.`;
  return status === 'ready' ? counts : `Nothing is trained on these files. ${counts}`;
};

const KINDS = {
  chat: 'dialogues',
  text: 'plain texts',
  preference: 'pairs of answers',
  kto: 'labelled answers',
};

const counted = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .map(([name, n]) => `${name} ${n.toLocaleString('en-US')}`)
    .join(', ') || 'none';

const figures = ({ shapes, kinds = {}, files }: DatasetReport): Html => {
  const facts: readonly (readonly [string, string])[] = [
    [Object.keys(shapes).length === 1 ? 'Shape' : 'Shapes', counted(shapes)],
    [
      'Learnt from',
      counted(
        Object.fromEntries(Object.entries(kinds).map(([kind, n]) => [KINDS[kind as keyof typeof KINDS], n])),
      ),
    ],
    ['Files', files.length.toLocaleString('en-US')],
    ['Bytes', files.reduce((sum, { bytes }) => sum + bytes, 0).toLocaleString('en-US')],
  ];
  return markup`<dl class="figures">
    ${facts.map(
      ([name, value]) =>
        markup`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
};

const valueOf = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

const short = (n: number): string => Number(n.toPrecision(2)).toLocaleString('en-US');

const rangeOf = (range: Range | null, unit: string): string =>
  range
    ? `${short(range.likely)} ${unit}, from ${short(range.low)} to ${short(range.high)}`
    : 'not known for this base';

const expectedSection = ({ tokens, minutes, usd }: Expected): Html =>
  markup`<h2>What it would roughly take</h2>
    <p class="note">
      From the characters of the rows and the size of the base alone, on this machine and without evaluation; droptune estimate counts and can try.
    </p>
    <dl class="made">
      <dt>Tokens in all passes</dt>
      <dd>about ${short(tokens)}</dd>
      <dt>Time</dt>
      <dd>${rangeOf(minutes, 'minutes')}</dd>
      <dt>Money</dt>
      <dd>${usd?.high === 0 ? 'nothing beyond power' : rangeOf(usd, 'US dollars')}</dd>
    </dl>`;

const planSection = (plan: DatasetPage['plan']): Html | null =>
  plan &&
  markup`<h2>The plan</h2>
    <p class="note">What the recipe leaves open, and why it becomes what it becomes.</p>
    <dl class="made">
      ${plan.reasons.map(
        ({ key, value, why }) =>
          markup`<dt>${key}</dt>
            <dd>${valueOf(value)}: ${why}</dd>`,
      )}
    </dl>
    ${expectedSection(plan.expected)}`;

const filesSection = ({ files }: DatasetReport): Html =>
  markup`<h2>Files</h2>
    <dl class="made">
      ${files.map(
        ({ file, role, bytes, encoding }) =>
          markup`<dt><bdi>${file}</bdi></dt>
            <dd>${role === 'valid' ? 'to test with' : 'to train on'}, ${count(bytes, 'byte')}, ${encoding}</dd>`,
      )}
    </dl>`;

/** A whole document. Every text in it is escaped, whatever the data holds. */
export const datasetPage = ({ title, report, portrait, plan }: DatasetPage): string => {
  const { mark, name } = STATUS[report.status];
  return documentOf(
    `${name}: ${title}`,
    SHEET,
    markup`<header class="${report.status}">
        <p class="over">Dataset report: <bdi>${title}</bdi></p>
        <h1>${mark} ${name}</h1>
        <p class="lead">${lead(report)}</p>
        ${reasonsList(report)} ${figures(report)}
      </header>
      ${accounting(report)} ${problemSections(report)} ${personalSection(report)} ${sameSection(report)}
      ${lengthPlot(report)} ${scriptPlot(portrait)} ${sampleRows(portrait)} ${planSection(plan)} ${filesSection(report)}
      <footer>The same in a form for programs is in report.json.</footer>`,
  );
};
