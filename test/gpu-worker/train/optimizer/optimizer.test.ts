/** Against torch, transformers and bitsandbytes: fixtures/optimizers/make.py wrote what they do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dynamicMap, openCodes } from '../../../../gpu-worker/train/optimizer/blockwise.ts';
import { OPTIMIZERS, type OptimizerKind } from '../../../../gpu-worker/train/optimizer/index.ts';
import type { Group } from '../../../../gpu-worker/train/optimizer/optimizer.ts';
import { size } from '../../../../gpu-worker/onnx/shape.ts';

type Run = {
  shape: number[];
  every: number;
  after: number[][];
  m?: number[];
  v?: number[];
  m_max?: number[];
  v_max?: number[];
};
const FIXTURE = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/optimizers/optimizers.json'), 'utf8'),
) as { maps: Record<'signed' | 'unsigned', number[]> } & Record<OptimizerKind, Run[]>;
const KINDS = Object.keys(OPTIMIZERS) as OptimizerKind[];

const group = (shape: readonly number[], offset = 0, over: Partial<Group> = {}): Group => ({
  offset,
  shape,
  rate: 1,
  decay: true,
  ...over,
});
const valuesOf = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i));
const gradientsOf = (n: number, step: number) =>
  Float32Array.from({ length: n }, (_, i) => Math.sin(0.37 * i + 1.7 * step) * 10 ** ((i % 3) - 2));
const thinned = (x: ArrayLike<number>, every: number) => Array.from(x).filter((_, i) => i % every === 0);
const largestError = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

/** How far one step moves 36 values from 1. */
const movedBy = (kind: OptimizerKind, groups: readonly Group[], weight_decay: number) => {
  const values = new Float32Array(36).fill(1);
  OPTIMIZERS[kind](groups).update(values, gradientsOf(36, 1), 1, { lr: 0.001, weight_decay });
  return values.map((x) => 1 - x);
};

describe.each(KINDS)('%s', (kind) => {
  test.each(FIXTURE[kind])('of a $shape tensor is the reference, step for step', (run) => {
    const n = size(run.shape);
    const values = valuesOf(n);
    const optimizer = OPTIMIZERS[kind]([group(run.shape)]);
    for (const [step, after] of run.after.entries()) {
      const rates = { lr: 0.02 / (step + 1), weight_decay: 0.1 };
      optimizer.update(values, gradientsOf(n, step), 1, rates);
      expect(largestError(thinned(values, run.every), after)).toBeLessThan(3e-6);
    }
    expect(optimizer.steps).toBe(run.after.length);
    const { m8, v8, m8_max: mMost, v8_max: vMost } = optimizer.arrays;
    if (!run.m) return;
    expect(thinned(m8!, run.every)).toEqual(run.m);
    expect(thinned(v8!, run.every)).toEqual(run.v);
    expect(largestError(Array.from(mMost!), run.m_max!)).toBeLessThan(1e-7);
    expect(largestError(Array.from(vMost!), run.v_max!)).toBeLessThan(1e-7);
  });

  test('goes on to the bit from what its arrays held', () => {
    const groups = [group([70, 65]), group([300], 4550), group([8, 9], 4850)];
    const n = 4922;
    const [whole, halted] = [OPTIMIZERS[kind](groups), OPTIMIZERS[kind](groups)];
    const [a, b] = [valuesOf(n), valuesOf(n)];
    const rates = { lr: 0.01, weight_decay: 0.01 };
    for (let step = 0; step < 3; step++) {
      whole.update(a, gradientsOf(n, step), 0.5, rates);
      halted.update(b, gradientsOf(n, step), 0.5, rates);
    }
    const resumed = OPTIMIZERS[kind](groups);
    resumed.steps = halted.steps;
    for (const [name, array] of Object.entries(resumed.arrays)) array.set(halted.arrays[name]!);
    for (let step = 3; step < 6; step++) {
      whole.update(a, gradientsOf(n, step), 1, rates);
      resumed.update(b, gradientsOf(n, step), 1, rates);
    }
    expect(b).toEqual(a);
    expect(b.every(Number.isFinite)).toBe(true);
    expect(Object.values(whole.arrays).some((array) => array.some((x) => x !== 0))).toBe(true);
  });

  test('a group has a rate of its own and may be spared the decay', () => {
    const shapes = [group([4, 3]), group([4, 3], 12, { rate: 16 }), group([4, 3], 24, { decay: false })];
    const plain = movedBy(kind, [group([4, 3]), group([4, 3], 12), group([4, 3], 24)], 0);
    const own = movedBy(kind, shapes, 0);
    const decayed = movedBy(kind, shapes, 0.5);
    for (let i = 0; i < 12; i++) {
      expect(own[i]).toBe(plain[i]);
      expect(own[12 + i]! / plain[12 + i]!).toBeCloseTo(16, 1);
      expect(decayed[i]! - own[i]!).toBeCloseTo(0.0005, 6);
      expect(decayed[12 + i]! - own[12 + i]!).toBeCloseTo(0.008, 6);
      expect(decayed[24 + i]).toBe(own[24 + i]);
    }
  });

  test('a gradient multiplied on the way is a gradient multiplied before', () => {
    const [a, b] = [valuesOf(30), valuesOf(30)];
    const halved = gradientsOf(30, 2).map((g) => g / 2);
    OPTIMIZERS[kind]([group([5, 6])]).update(a, gradientsOf(30, 2), 0.5, { lr: 0.1, weight_decay: 0 });
    OPTIMIZERS[kind]([group([5, 6])]).update(b, halved, 1, { lr: 0.1, weight_decay: 0 });
    expect(b).toEqual(a);
  });
});

test('in 8 bits too, no value moves much farther than AdamW moves it, however small its gradients beside others', () => {
  const n = 4096;
  const gradients = Float32Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 1 : 1e-4));
  const moved = (kind: OptimizerKind) => {
    const optimizer = OPTIMIZERS[kind]([group([64, 64])]);
    const values = new Float32Array(n);
    for (let step = 0; step < 20; step++)
      optimizer.update(values, gradients, 1, { lr: 0.01, weight_decay: 0 });
    return values;
  };
  const [rough, exact] = [moved('adamw_8bit'), moved('adamw_torch')];
  expect(exact[1]).toBeCloseTo(-0.2, 2);
  for (let i = 0; i < n; i++) expect(Math.abs(rough[i]!)).toBeLessThan(1.1 * Math.abs(exact[i]!));
});

describe('eight bits for a value', () => {
  test.each([true, false])('signed %s: the map is that of bitsandbytes', (signed) => {
    const wanted = FIXTURE.maps[signed ? 'signed' : 'unsigned'];
    const map = dynamicMap(signed);
    expect(map).toHaveLength(256);
    for (const [i, value] of wanted.entries())
      expect(Math.abs(map[i]! - value)).toBeLessThanOrEqual(Math.abs(value) * 3e-7);
  });

  test.each([true, false])('signed %s: the code is that of the nearest value', (signed) => {
    const { map, encode } = openCodes(dynamicMap(signed));
    const nearest = (x: number) => map.reduce((best, value) => Math.min(best, Math.abs(value - x)), Infinity);
    const check = (x: number) => {
      const codes = new Uint8Array(2);
      expect(encode(Float32Array.of(1, x), 2, codes, 0)).toBe(1);
      const value = Math.fround(x);
      if (!signed && value > 0 && value < map[1]!) expect(codes[1]).toBe(1);
      else
        expect(Math.abs(map[codes[1]!]! - value)).toBeLessThanOrEqual(
          nearest(value) + Math.abs(value) * 3e-7,
        );
    };
    for (const [i, value] of map.entries())
      for (const shift of [0, 1e-6, -1e-6, 1e-3, -1e-3]) {
        const between = (value + (map[i + 1] ?? 1)) / 2;
        check(Math.max(signed ? -1 : 0, Math.min(1, between * (1 + shift))));
      }
    fc.assert(
      fc.property(
        fc.double({ min: signed ? -1 : 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 9 }),
        (x, e) => check(x * 10 ** -e),
      ),
    );
  });
});

// torch 2.13: AdamW([0.5, -1.0], lr=0.1, weight_decay=0.01), gradients [0.2, -0.3] then [0.1, 0.4] (float64, printed)
test('two AdamW steps are those of torch.optim.AdamW', () => {
  const values = Float32Array.of(0.5, -1);
  const optimizer = OPTIMIZERS.adamw_torch([group([2])]);
  optimizer.update(values, Float32Array.of(0.2, -0.3), 1, { lr: 0.1, weight_decay: 0.01 });
  expect([...values].map((x) => x.toFixed(5))).toEqual(['0.39950', '-0.89900']);
  optimizer.update(values, Float32Array.of(0.1, 0.4), 1, { lr: 0.1, weight_decay: 0.01 });
  expect([...values].map((x) => x.toFixed(5))).toEqual(['0.30588', '-0.91745']);
  expect(optimizer.steps).toBe(2);
});
