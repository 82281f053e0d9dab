import { describe, expect, test } from 'vitest';
import { loss } from '../../../gpu-worker/evaluate/metrics/loss.ts';
import { compileSchema } from '../../../gpu-worker/evaluate/metrics/schema.ts';
import { buildReport, type ReportInput } from '../../../gpu-worker/evaluate/report.ts';
import { judge } from '../../../gpu-worker/evaluate/verdict.ts';
import { RunReport, type Prediction } from '../../../shared/contracts/report.ts';
import { curveOf, prediction, rows } from './held-out.ts';

const RUNS: ReportInput['runs'] = [
  { name: 'base', seconds: 10, tokens: 900, unfinished: 0 },
  { name: 'tuned', seconds: 5, tokens: 400, unfinished: 0 },
];
const report = (predictions: readonly Prediction[], more: Partial<ReportInput> = {}): RunReport =>
  RunReport.parse(
    buildReport({
      predictions,
      runs: RUNS,
      schema: null,
      curve: [],
      figures: {},
      gates: {},
      objective: 'sft',
      seed: 0,
      ...more,
    }),
  );

/** `good` of `n` rows go from 0 to 1 in token_f1, the rest stay at 0; the loss moves by `shift`. */
const change = (n: number, good: number, shift = -1): Prediction[] =>
  rows(n, (i) =>
    prediction(
      i + 1,
      { token_f1: 0, loss: 2 + (i % 5) / 10 },
      { token_f1: i < good ? 1 : 0, loss: 2 + (i % 5) / 10 + shift },
    ),
  );

/** Rows that were only weighed, not answered. */
const unanswered = (delta: number) =>
  rows(40, (i) =>
    prediction(
      i,
      { loss: 2 + (i % 7) / 10 },
      { loss: 2 + (i % 7) / 10 + delta - (i % 3) / 50 },
      { base: null, tuned: null },
    ),
  );

const lines = (seed: number) => report(change(100, 50), { seed }).samples.map((s) => s.line);

const said = (predictions: readonly Prediction[], more: Partial<ReportInput> = {}): string =>
  report(predictions, more).diagnosis.join('\n');
const answers = (n: number, tuned: (i: number) => string, base = 'base') =>
  rows(n, (i) => prediction(i, { token_f1: 0 }, { token_f1: 1 }, { tuned: tuned(i), base }));

const lossArm = (name: 'base' | 'tuned') => ({
  name,
  metrics: { loss: { value: 2, low: 1, high: 3, n: 40 } },
  seconds: 1,
  tokens: 0,
});

describe('the verdict', () => {
  test('rests on the deciding metric and says with which figures', () => {
    const { verdict, message, figures } = report(change(40, 37));
    expect(verdict).toBe('improved');
    expect(message).toMatch(
      /^token_f1 rose from 0 % to 92\.5 % on 40 held-out rows \(difference \+92\.5 points, 95 % interval \+[\d.]+ to \+[\d.]+, p < 0\.001\)\.$/,
    );
    expect(figures['deciding_metric']).toBe('token_f1');
  });

  test('is no gain where chance could explain it, though the mean rose', () => {
    const { verdict, message } = report(change(40, 3));
    expect(verdict).toBe('no_significant_gain');
    expect(message).toContain('chance alone could explain it');
  });

  test('is no gain on so few rows that no test can tell, though every row got better', () => {
    expect(report(change(5, 5)).verdict).toBe('no_significant_gain');
    expect(report(change(6, 6)).verdict).toBe('improved');
  });

  test('is worse where the whole interval lies on the bad side', () => {
    const worse = rows(40, (i) => prediction(i, { token_f1: 1 }, { token_f1: i % 3 === 0 ? 1 : 0 }));
    expect(report(worse)).toMatchObject({
      verdict: 'worse',
      message: expect.stringContaining('token_f1 fell'),
    });
  });

  test('is no improvement where the held-out loss got worse', () => {
    const { verdict, message } = report(change(40, 37, 0.5));
    expect(verdict).toBe('no_significant_gain');
    expect(message).toContain('but loss rose from 2.200 nats to 2.700 nats');
  });

  test('rests on the loss where nothing was generated; lower is better', () => {
    expect(report(unanswered(-0.5))).toMatchObject({
      verdict: 'improved',
      samples: [],
      figures: { deciding_metric: 'loss' },
    });
    expect(report(unanswered(0.5)).verdict).toBe('worse');
  });

  test('is no gain where the interval of a loss reaches across zero, whatever its p', () => {
    const straddling = { metric: 'loss', delta: -0.5, low: -1, high: 0.1, p: 0.01 };
    const judged = judge({
      metric: loss,
      arms: [lossArm('base'), lossArm('tuned')],
      gains: [straddling],
      gates: {},
    });
    expect(judged.verdict).toBe('no_significant_gain');
  });

  test('asks for the gain that the gate names', () => {
    expect(report(change(40, 20), { gates: { min_gain: 0.5 } }).verdict).toBe('improved');
    const { verdict, message } = report(change(40, 20), { gates: { min_gain: 0.6 } });
    expect(verdict).toBe('no_significant_gain');
    expect(message).toContain('gates.min_gain asks for +60 points');
  });

  test('is none where nothing, or only one model, was measured', () => {
    expect(report([], { runs: [] })).toMatchObject({
      verdict: 'not_evaluated',
      arms: [],
      gains: [],
      samples: [],
    });
    const alone = change(3, 0).map(({ arms: { base }, ...row }) => ({ ...row, arms: { base: base! } }));
    const one = report(alone, { runs: [RUNS[0]!] });
    expect(one).toMatchObject({
      verdict: 'not_evaluated',
      gains: [],
      message: expect.stringContaining('(base)'),
    });
    expect(one.samples[0]).toMatchObject({ base: 'base says 1', tuned: null, outcome: null });
  });
});

describe('the figures', () => {
  test('arms hold each metric over the rows that it counts, gains over the rows that both arms have', () => {
    const mixed = [
      prediction(1, { schema_valid: 0, loss: 2 }, { schema_valid: 1, loss: 1 }),
      prediction(2, { loss: 4 }, { loss: 2 }),
    ];
    const { arms, gains } = report(mixed);
    expect(arms.map(({ name, seconds, tokens }) => ({ name, seconds, tokens }))).toEqual([
      { name: 'base', seconds: 10, tokens: 900 },
      { name: 'tuned', seconds: 5, tokens: 400 },
    ]);
    expect(arms[0]?.metrics['loss']).toMatchObject({ value: 3, n: 2 });
    expect(arms[1]?.metrics['schema_valid']).toMatchObject({ value: 1, n: 1 });
    expect(gains.map(({ metric, delta }) => ({ metric, delta }))).toEqual([
      { metric: 'schema_valid', delta: 1 },
      { metric: 'loss', delta: -1.5 },
    ]);
  });

  test('the same rows give the same bytes', () => {
    expect(JSON.stringify(report(change(40, 20)))).toBe(JSON.stringify(report(change(40, 20))));
  });

  test('a score that is no number is a diverged run, not a silent gap', () => {
    const broken = [prediction(7, { loss: 1 }, { loss: Number.NaN })];
    expect(() => report(broken)).toThrow(
      expect.objectContaining({ code: 'diverged', message: expect.stringContaining('row 7') }),
    );
  });
});

describe('the samples', () => {
  test('show wins, ties and losses in their proportion, the rare ones too', () => {
    const outcomes = rows(100, (i) => {
      const tuned = i < 80 ? 1 : 0;
      return prediction(i, { token_f1: i >= 98 ? 1 : 0 }, { token_f1: tuned });
    });
    const { samples, figures } = report(outcomes);
    const count = (outcome: string) => samples.filter((s) => s.outcome === outcome).length;
    expect([count('better'), count('same'), count('worse')]).toEqual([8, 1, 1]);
    expect(figures).toMatchObject({ rows_better: 80, rows_same: 18, rows_worse: 2 });
    expect(samples.map((s) => s.line)).toEqual(samples.map((s) => s.line!).toSorted((a, b) => a - b));
  });

  test('are a lot that the seed draws, not the first rows', () => {
    expect(lines(1)).toEqual(lines(1));
    expect(lines(1)).not.toEqual(lines(2));
    expect(lines(1)).toHaveLength(10);
  });

  test('are all rows where there are ten or fewer', () => {
    expect(report(change(4, 2)).samples.map((s) => s.line)).toEqual([1, 2, 3, 4]);
  });
});

describe('the diagnosis', () => {
  const healthy = answers(40, (i) => `answer ${i}`);
  const falling = Array.from({ length: 40 }, (_, i) => 3 * 0.95 ** i + 1);

  test('is silent about a healthy run', () => {
    expect(said(healthy, { curve: curveOf(falling, { 10: 2.9, 20: 2, 30: 1.7, 40: 1.5 }) })).toBe('');
  });

  test('names answers that never stop, that are empty, and that are all alike', () => {
    const runs = RUNS.map((run) => ({ ...run, unfinished: run.name === 'tuned' ? 8 : 0 }));
    expect(said(healthy, { runs })).toContain('8 of 40 (20 %) tuned answers were still going');
    expect(said(answers(40, (i) => (i < 4 ? ' ' : `answer ${i}`)))).toContain(
      '4 of 40 (10 %) tuned answers are empty',
    );
    expect(said(answers(40, (i) => (i < 30 ? 'yes' : `answer ${i}`)))).toContain(
      '30 of 40 (75 %) tuned answers are one and the same',
    );
  });

  test('does not call a rightly common label a collapse', () => {
    const labels = rows(40, (i) =>
      prediction(i, {}, {}, { reference: i < 30 ? 'yes' : 'no', tuned: i < 30 ? 'yes' : 'no' }),
    );
    expect(said(labels)).not.toContain('one and the same');
  });

  test('notices an adapter that changes nothing', () => {
    expect(said(answers(40, () => 'base'))).toContain('All 40 tuned answers equal the base');
  });

  test('reads overfitting and a late rise off the curve', () => {
    const learned = rows(40, (i) => prediction(i, { loss: 3 }, { loss: 2 + (i % 2) / 10 }));
    expect(said(learned, { curve: curveOf(Array.from({ length: 40 }, (_, i) => 3 * 0.9 ** i)) })).toContain(
      'learned rows by heart',
    );
    expect(said(healthy, { curve: curveOf(falling, { 10: 2, 20: 1.5, 30: 1.6, 40: 1.9 }) })).toContain(
      'lowest at step 20 (1.500 nats) and ended at 1.900 nats',
    );
    expect(said(healthy, { curve: curveOf(falling.toReversed()) })).toContain('did not fall');
  });

  test('warns of few rows, and of references that break the schema', () => {
    expect(said(healthy.slice(0, 12))).toContain('Only 12 held-out rows');
    const schema = compileSchema({ type: 'object' });
    const half = rows(40, (i) => prediction(i, {}, {}, { reference: i % 2 === 0 ? '{}' : '[]' }));
    expect(said(half, { schema })).toContain(
      '20 of 40 (50 %) reference answers do not satisfy evaluation.schema',
    );
  });
});
