/** How the adapter was made, and what the figures mean. */
import type { RunReport } from '../../../shared/contracts/report.ts';
import type { ResolvedRecipe } from '../../../shared/contracts/recipe.ts';
import type { MetricsLine } from '../../../shared/contracts/spec.ts';
import { count, duration } from '../../../shared/page/wording.ts';
import { markup, type Html } from '../../../shared/page/html.ts';
import { rangeOf } from '../../../shared/page/scale.ts';
import { measuredMetrics } from './table.ts';

export type Made = {
  readonly report: RunReport;
  /** one line a step; empty where no training went before */
  readonly metrics: readonly MetricsLine[];
  /** null where a finished adapter was evaluated alone */
  readonly recipe: ResolvedRecipe | null;
  readonly base: string;
  /** what else a reader should know of the data, e.g. `{ train_rows: 320 }`; keys become labels */
  readonly dataset: Readonly<Record<string, number | string | null>>;
};

type Row = readonly [label: string, value: string];

const labelOf = (key: string): string => {
  const words = key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const valueOf = (value: unknown): string => {
  if (typeof value === 'number') return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** What is switched off or empty goes without saying. */
const isSaid = (value: unknown): boolean =>
  value !== false && !(typeof value === 'object' && (value === null || Object.keys(value).length === 0));

/** `r 16, lora_alpha 32`: the names are the recipe's, so that they can be copied into one. */
const settings = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .filter(([, value]) => isSaid(value))
    .map(([key, value]) => `${key} ${typeof value === 'number' ? value : valueOf(value)}`)
    .join(', ');

const withSettings = ({
  type,
  ...fields
}: Readonly<Record<string, unknown>> & { readonly type: string }): string =>
  Object.keys(fields).length === 0 ? type : `${type}: ${settings(fields)}`;

const named = (fields: Readonly<Record<string, number | string | null>>): Row[] =>
  Object.entries(fields).flatMap(([key, value]) =>
    value === null ? [] : [[labelOf(key), valueOf(value)] as const],
  );

/** Seconds spent in optimizer steps. */
export const trainingSeconds = (metrics: readonly MetricsLine[]): number =>
  metrics.reduce(
    (total, line) => total + (line.tokens_per_second > 0 ? line.tokens / line.tokens_per_second : 0),
    0,
  );

const trainingRows = (metrics: readonly MetricsLine[]): Row[] => {
  const last = metrics.at(-1);
  if (!last) return [];
  const tokens = metrics.reduce((total, line) => total + line.tokens, 0);
  const memory = rangeOf(metrics.map((line) => line.rss_mb)).high;
  return [
    [
      'Trained',
      `${count(last.step, 'step')}, ${count(tokens, 'token')}, ${duration(trainingSeconds(metrics))}`,
    ],
    ['Largest memory', `${valueOf(Math.round(memory))} MB`],
  ];
};

const recipeRows = ({ engine, method, objective, training }: ResolvedRecipe): Row[] => [
  ['Engine', engine],
  ['Method', withSettings(method)],
  ['Objective', withSettings(objective)],
  ['Training', settings(training)],
];

export const howMade = ({ report, metrics, recipe, base, dataset }: Made): Html => {
  const rows: Row[] = [
    ['Base model', base],
    ...(recipe ? recipeRows(recipe) : []),
    ...trainingRows(metrics),
    ...named(dataset),
    ...report.arms.map(({ name, seconds, tokens }): Row => [
      `Evaluation, ${name}`,
      `${count(tokens, 'generated token')}, ${duration(seconds)}`,
    ]),
    ...named(report.figures),
  ];
  return markup`<h2>How it was made</h2>
    <dl class="made">
      ${rows.map(
        ([label, value]) =>
          markup`<dt>${label}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>`;
};

export const meanings = (report: RunReport): Html =>
  markup`<h2>What the figures mean</h2>
    <dl class="words">
      ${measuredMetrics(report).map(
        ({ name, what }) =>
          markup`<dt>${name}</dt>
            <dd>${what}</dd>`,
      )}
      <dt>95 % interval</dt>
      <dd>
        Where the figure would lie in 95 of 100 repetitions with other rows of the same kind. For shares of
        rows: Wilson’s score interval, and Newcombe’s paired interval for the change. For all else: 2,000
        bootstrap resamples of the rows, seeded.
      </dd>
      <dt>p</dt>
      <dd>
        How often a change this large, either way, would come from chance alone. For shares of rows: McNemar’s
        exact test; for all else: random flips of the sign of each row’s difference.
      </dd>
      <dt>Verdict</dt>
      <dd>
        One metric decides; it is named by the kind of reference answers before any model answers:
        schema_valid where a schema is given, json_match for JSON, exact_match for labels, preference_accuracy
        for pairs of answers of which the better one was to be learnt, token_f1 for other prose, and the loss where nothing was generated. “Improved” and “worse” need the whole interval on one side
        of zero and p below 0.05; “improved” also needs a held-out loss that did not get significantly worse (of preferences a worse one is only told),
        and the gain that gates.min_gain asks for, if it does.
      </dd>
    </dl>`;
