/** What a reader should know before trusting the figures: each sentence with the number it rests on. */
import type { Measured, Prediction } from '../../shared/contracts/report.ts';
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import { parseJson } from './metrics/json.ts';
import type { SchemaCheck } from './metrics/schema.ts';
import { count } from '../../shared/page/wording.ts';
import { partOf, withUnit } from './wording.ts';

export type ArmRun = {
  readonly name: 'base' | 'tuned';
  readonly seconds: number;
  /** generated tokens */
  readonly tokens: number;
  /** answers that were cut off at `max_new_tokens` */
  readonly unfinished: number;
};

type Findings = {
  readonly predictions: readonly Prediction[];
  readonly runs: readonly ArmRun[];
  readonly schema: SchemaCheck | null;
  readonly curve: readonly MetricsLine[];
  readonly tunedLoss: Measured | null;
};

type Check = (findings: Findings) => string | null;

const NOTABLE = 0.05; // share of the answers from which a defect is worth a sentence
const FEW_ROWS = 30;
const OVERFIT_RATIO = 1.5;
const OVERFIT_NATS = 0.3;
const RISE = 1.02;

const answersOf = ({ predictions }: Findings, arm: 'base' | 'tuned'): string[] =>
  predictions.flatMap((p) => p.arms[arm]?.answer ?? []);

/** Mean training loss of the last tenth of the steps, one at least. */
const lastTrainLoss = (curve: readonly MetricsLine[]): number => {
  const last = curve.slice(-Math.max(1, Math.ceil(curve.length / 10)));
  return last.reduce((total, line) => total + line.loss, 0) / last.length;
};

const neverStops: Check = (findings) => {
  const n = answersOf(findings, 'tuned').length;
  const cut = findings.runs.find((run) => run.name === 'tuned')?.unfinished ?? 0;
  if (n === 0 || cut / n < NOTABLE) return null;
  return `${partOf(cut, n)} tuned answers were still going at evaluation.max_new_tokens: raise it if the reference answers are that long, otherwise the model has not learned to stop.`;
};

const saysNothing: Check = (findings) => {
  const answers = answersOf(findings, 'tuned');
  const empty = answers.filter((answer) => answer.trim() === '').length;
  if (empty === 0 || empty / answers.length < NOTABLE) return null;
  return `${partOf(empty, answers.length)} tuned answers are empty.`;
};

const commonest = (texts: readonly string[]): number => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text.trim(), (counts.get(text.trim()) ?? 0) + 1);
  return Math.max(0, ...counts.values());
};

const saysOneThing: Check = (findings) => {
  const answers = answersOf(findings, 'tuned');
  const same = commonest(answers);
  const wanted = commonest(findings.predictions.map((p) => p.reference)) / findings.predictions.length;
  if (answers.length < 5 || same / answers.length < Math.max(0.5, 2 * wanted)) return null;
  return `${partOf(same, answers.length)} tuned answers are one and the same text, while the reference answers differ: the model answers without reading the question.`;
};

const changesNothing: Check = ({ predictions }) => {
  const pairs = predictions.filter(
    (p) => typeof p.arms.base?.answer === 'string' && typeof p.arms.tuned?.answer === 'string',
  );
  if (pairs.length < 5 || pairs.some((p) => p.arms.base?.answer !== p.arms.tuned?.answer)) return null;
  return `All ${pairs.length} tuned answers equal the base model's: training changed nothing that greedy answers show. A higher learning rate or more epochs may.`;
};

const overfits: Check = ({ curve, tunedLoss }) => {
  if (!tunedLoss || curve.length === 0) return null;
  const train = lastTrainLoss(curve);
  if (tunedLoss.value - train < OVERFIT_NATS || tunedLoss.value < OVERFIT_RATIO * train) return null;
  return `The loss is ${withUnit('nats', train)} on training rows at the end but ${withUnit('nats', tunedLoss.value)} on held-out rows: the model has learned rows by heart. Fewer epochs, more rows or a smaller rank help.`;
};

const wentTooFar: Check = ({ curve }) => {
  const points = curve.flatMap(({ step, eval_loss }) =>
    eval_loss === undefined ? [] : [{ step, eval_loss }],
  );
  const last = points.at(-1);
  if (!last || points.length < 3) return null;
  const best = points.reduce((a, b) => (b.eval_loss < a.eval_loss ? b : a));
  if (last.eval_loss <= best.eval_loss * RISE) return null;
  return `The held-out loss was lowest at step ${best.step} (${withUnit('nats', best.eval_loss)}) and ended at ${withUnit('nats', last.eval_loss)}: fewer epochs would have been better.`;
};

const neverFell: Check = ({ curve }) => {
  const [first] = curve;
  if (!first || curve.length < 10) return null;
  const end = lastTrainLoss(curve);
  if (end < first.loss) return null;
  return `The training loss did not fall: ${withUnit('nats', first.loss)} at the first step, ${withUnit('nats', end)} at the end. Check the learning rate and the data.`;
};

const fewRows: Check = ({ predictions }) => {
  const answered = predictions.filter((p) => typeof p.arms.tuned?.answer === 'string').length;
  const n = answered === 0 ? predictions.length : answered;
  if (n === 0 || n >= FEW_ROWS) return null;
  return `Only ${count(n, 'held-out row')}: the intervals are wide, and small gains cannot be told from chance. ${FEW_ROWS} or more make a fair test.`;
};

const schemaMisfit: Check = ({ predictions, schema }) => {
  if (!schema || predictions.length === 0) return null;
  const misfits = predictions.filter(({ reference }) => {
    const parsed = parseJson(reference);
    return !parsed || !schema(parsed.value);
  }).length;
  if (misfits === 0) return null;
  return `${partOf(misfits, predictions.length)} reference answers do not satisfy evaluation.schema themselves; schema_valid does not count these rows.`;
};

const CHECKS: readonly Check[] = [
  fewRows,
  neverStops,
  saysNothing,
  saysOneThing,
  changesNothing,
  neverFell,
  overfits,
  wentTooFar,
  schemaMisfit,
];

export const diagnose = (findings: Findings): string[] => CHECKS.flatMap((check) => check(findings) ?? []);
