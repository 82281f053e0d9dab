import { describe, expect, test } from 'vitest';
import { buildReport, type ReportInput } from '../../../gpu-worker/evaluate/report.ts';
import type { Prediction, RunReport } from '../../../shared/contracts/report.ts';
import { curveOf, prediction, rows } from './held-out.ts';

const report = (predictions: readonly Prediction[], more: Partial<ReportInput>): RunReport =>
  buildReport({
    predictions,
    runs: [
      { name: 'base', seconds: 10, tokens: 900, unfinished: 0 },
      { name: 'tuned', seconds: 5, tokens: 400, unfinished: 0 },
    ],
    schema: null,
    curve: [],
    figures: {},
    gates: {},
    objective: 'dpo',
    seed: 0,
    ...more,
  });

/** `good` of `n` pairs are turned the right way round; the loss moves by `shift`. */
const pairs = (n: number, good: number, shift: number): Prediction[] =>
  rows(n, (i) =>
    prediction(
      i + 1,
      { preference_accuracy: 0, preference_margin: -1, token_f1: 0.2, loss: 2 + i / 1000 },
      {
        preference_accuracy: i < good ? 1 : 0,
        preference_margin: i < good ? 1 : -1,
        token_f1: 0.2,
        loss: 2 + i / 1000 + shift + i / 5000,
      },
    ),
  );

describe('pairs of answers', () => {
  test('the preference decides where answers were to be told apart', () => {
    const { verdict, message, figures } = report(pairs(40, 30, -0.1), { objective: 'dpo' });
    expect({ verdict, metric: figures['deciding_metric'] }).toEqual({
      verdict: 'improved',
      metric: 'preference_accuracy',
    });
    expect(message).toMatch(/^preference_accuracy rose from 0 % to 75 % on 40 held-out rows/);
    expect(report(pairs(40, 30, -0.1), { objective: null }).figures['deciding_metric']).toBe(
      'preference_accuracy',
    );
  });
  test('a loss that got worse on the way is told and denies nothing', () => {
    const { verdict, message } = report(pairs(40, 30, 0.4), { objective: 'dpo' });
    expect(verdict).toBe('improved');
    expect(message).toMatch(/At the same time loss rose from .* read the answers/);
  });
  test('a model that learned to prefer the rejected answers is worse', () => {
    const turned = pairs(40, 30, 0).map(({ arms, ...row }) => ({
      ...row,
      arms: { base: arms.tuned!, tuned: arms.base! },
    }));
    expect(report(turned, { objective: 'simpo' }).verdict).toBe('worse');
  });
  test('imitation of the chosen answers is judged by answers, and the preference is shown', () => {
    const { figures, gains } = report(pairs(40, 30, -0.1), { objective: 'sft' });
    expect(figures['deciding_metric']).toBe('token_f1');
    expect(gains.map(({ metric }) => metric)).toContain('preference_accuracy');
  });
  test('the loss of an objective that compares is not held against that of the answers', () => {
    const curve = curveOf(Array.from({ length: 20 }, () => 0.1));
    const overfit = (['sft', 'dpo'] as const).map((objective) =>
      report(pairs(40, 30, 0), { objective, curve }).diagnosis.some((line) => line.includes('by heart')),
    );
    expect(overfit).toEqual([true, false]);
  });
});
