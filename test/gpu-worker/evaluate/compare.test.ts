import { expect, test } from 'vitest';
import { compare, predictionsOf } from '../../../gpu-worker/evaluate/compare.ts';
import type { HeldOutRow } from '../../../gpu-worker/evaluate/held-out.ts';
import type { Row } from '../../../shared/contracts/row.ts';

const heldOut = (row: Row, reference: string, line: number): HeldOutRow => ({
  line,
  row,
  reference,
  prompt: 'q',
  promptIds: Int32Array.of(1),
  tokens: { ids: Int32Array.of(1, 2), weights: Float32Array.of(0, 1), line },
  rejected: null,
});
const chat = (reference: string, line: number) =>
  heldOut({ kind: 'chat', messages: [{ role: 'user', content: 'q' }] }, reference, line);
const arm = (losses: number[], answer: string | null) => ({
  rows: losses.map((loss) => ({ loss, answer, stopped: false })),
  seconds: 1,
  tokens: 3,
});

test('every row has its loss, and an answered one its scores', () => {
  const rows = [chat('yes', 3), chat('no', 4)];
  const arms = { base: arm([2, 3], 'yes'), tuned: arm([1, 2], null) };
  const [first, second] = predictionsOf(rows, arms, null);
  expect(first).toMatchObject({
    line: 3,
    arms: { base: { answer: 'yes', scores: { loss: 2, exact_match: 1 } } },
  });
  expect(second!.arms).toMatchObject({
    base: { scores: { exact_match: 0 } },
    tuned: { answer: null, scores: { loss: 2 } },
  });
});

test('a continuation of plain text is shown and not scored, so the loss decides', () => {
  const rows = Array.from({ length: 20 }, (_, i) => heldOut({ kind: 'text', text: 'a b' }, 'b', i + 1));
  const arms = {
    base: arm(
      rows.map((_, i) => 3 + i / 100),
      'b',
    ),
    tuned: arm(
      rows.map((_, i) => 1 + i / 90),
      'b',
    ),
  };
  const predictions = predictionsOf(rows, arms, null);
  expect(predictions[0]!.arms.tuned).toEqual({ answer: 'b', scores: { loss: 1 } });
  const report = compare({
    predictions,
    arms,
    schema: null,
    curve: [],
    figures: {},
    gates: {},
    objective: 'text',
    seed: 1,
  });
  expect(report.figures['deciding_metric']).toBe('loss');
  expect(report.verdict).toBe('improved');
  expect(report.samples[0]).toMatchObject({ base: 'b', tuned: 'b' });
});
