import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planPasses, planSteps, type StepSettings } from '../../../gpu-worker/train/steps.ts';
import type { TokenRow } from '../../../shared/text/shards.ts';

const rowsOf = (lengths: readonly number[]): TokenRow[] =>
  lengths.map((length, i) => ({
    ids: new Int32Array(length).fill(i + 1),
    weights: Float32Array.from({ length }, (_, j) => (j > 0 ? 1 : 0)),
    line: i + 1,
  }));
const settings: StepSettings = { batch_size: 4, n_epochs: 2, seed: 1, packing: true, tokens_per_pass: 256 };
const lengths = fc.array(fc.integer({ min: 2, max: 400 }), { minLength: 1, maxLength: 60 });

test('every row is used once an epoch, whole, in some pass of its step', () =>
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      fc.nat(99),
      (sizes, batch_size, packing, seed) => {
        const rows = rowsOf(sizes);
        const steps = planSteps(rows, { ...settings, batch_size, packing, seed });
        const used = new Map<number, number>();
        for (let i = 0; i < steps.count; i++)
          for (const { ids, targets, tokens, shape } of steps.at(i)) {
            expect(ids.length).toBe(shape.b * shape.t);
            expect(ids.filter((id) => id > 0).length).toBeLessThanOrEqual(tokens);
            for (const id of targets.row) used.set(id, (used.get(id) ?? 0) + 1 / (sizes[id]! - 1));
          }
        expect(used.size).toBe(rows.length);
        for (const n of used.values()) expect(n).toBeCloseTo(2, 6);
      },
    ),
    { numRuns: 60 },
  ));

test('the same settings give the same batches, another seed another order', () => {
  const rows = rowsOf([30, 8, 60, 44, 12, 90, 33, 21, 5, 70]);
  const idsOf = (seed: number) => {
    const steps = planSteps(rows, { ...settings, seed });
    return Array.from({ length: steps.count }, (_, i) => steps.at(i).map((b) => [...b.ids]));
  };
  expect(idsOf(1)).toEqual(idsOf(1));
  expect(idsOf(1)).not.toEqual(idsOf(2));
  const steps = planSteps(rows, settings);
  expect(steps.at(3).map((b) => [...b.ids])).toEqual(idsOf(1)[3]); // any step can be asked for first
});

test('short rows share a packed row, and few shapes occur', () => {
  const steps = planSteps(rowsOf(Array.from({ length: 64 }, (_, i) => 40 + (i % 20))), {
    ...settings,
    batch_size: 8,
  });
  const shapes = new Set<string>();
  let [tokens, places] = [0, 0];
  for (let i = 0; i < steps.count; i++)
    for (const { shape, tokens: n } of steps.at(i)) {
      shapes.add(`${shape.b}×${shape.t}`);
      tokens += n;
      places += shape.b * shape.t;
    }
  expect(tokens / places).toBeGreaterThan(0.75);
  expect(shapes.size).toBeLessThanOrEqual(4);
});

test('a batch of short rows is few passes where it fits, of few lengths and little padding', () =>
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 240 }), fc.nat(99), (length, seed) => {
      const rows = rowsOf(
        Array.from({ length: 96 }, (_, i) => Math.round(length * (0.8 + ((i * 37) % 40) / 100))),
      );
      const steps = planSteps(rows, {
        ...settings,
        batch_size: 8,
        n_epochs: 1,
        seed,
        tokens_per_pass: 8 * 480,
      });
      const all = Array.from({ length: steps.count }, (_, i) => steps.at(i));
      expect(Math.max(...all.map((passes) => passes.length))).toBeLessThanOrEqual(3);
      const taken = new Set(all.flat().map(({ shape }) => shape.t));
      expect([...taken].every((t) => steps.lengths.includes(t))).toBe(true);
      expect(steps.lengths.length).toBeLessThanOrEqual(4);
      const sum = (of: (batch: (typeof all)[number][number]) => number) =>
        all.flat().reduce((n, b) => n + of(b), 0);
      expect(sum((b) => b.tokens) / sum((b) => b.ids.length)).toBeGreaterThan(length < 40 ? 0.7 : 0.8);
    }),
    { numRuns: 40 },
  ));

test('rows that begin with the same long prompt share a pass, and its places', () => {
  const prompt = Array.from({ length: 100 }, (_, i) => 1000 + i);
  const rows = rowsOf(Array.from({ length: 24 }, (_, i) => 15 + (i % 7))).map((row) => ({
    ...row,
    ids: Int32Array.of(...prompt, ...row.ids),
    weights: Float32Array.of(...prompt.map(() => 0), ...row.weights),
  }));
  const steps = planSteps(rows, { ...settings, batch_size: 8, n_epochs: 1 });
  const all = Array.from({ length: steps.count }, (_, i) => steps.at(i)).flat();
  const [tokens, places] = [all.reduce((n, b) => n + b.tokens, 0), all.reduce((n, b) => n + b.ids.length, 0)];
  expect(tokens).toBe(rows.reduce((n, { ids }) => n + ids.length, 0));
  expect(tokens / places).toBeGreaterThan(2.5);
});

test('a half epoch uses half of the rows', () => {
  const steps = planSteps(rowsOf([9, 9, 9, 9, 9, 9, 9, 9]), { ...settings, n_epochs: 0.5 });
  expect(steps.count).toBe(1);
  expect(steps.epoch(1)).toBe(0.5);
});

test('passes for measuring hold every row once', () =>
  fc.assert(
    fc.property(lengths, (sizes) => {
      const seen = planPasses(rowsOf(sizes), 256).flatMap((b) => [...new Set(b.targets.row)]);
      expect(seen.toSorted((a, b) => a - b)).toEqual(sizes.map((_, i) => i));
    }),
    { numRuns: 40 },
  ));
