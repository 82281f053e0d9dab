import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openKeeper } from '../../../gpu-worker/train/checkpoint/keeper.ts';
import { freshState } from '../../../gpu-worker/train/checkpoint/state.ts';
import { OPTIMIZERS, type OptimizerKind } from '../../../gpu-worker/train/optimizer/index.ts';
import { seamsOf } from '../../../gpu-worker/adapters/index.ts';
import { modelFor } from '../../../gpu-worker/models/index.ts';
import { layOut } from '../../../gpu-worker/runtime/parameters.ts';
import { restoreResults } from '../../../gpu-worker/train/checkpoint/folder.ts';
import { openBase } from '../../../gpu-worker/weights/base.ts';
import type { MetricsLine } from '../../../shared/contracts/spec.ts';
import { methodOf } from '../../helpers/method.ts';

const base = await openBase(join(import.meta.dirname, '../../fixtures/reference/stories260K'));
afterAll(() => base.close());
const model = modelFor(base.config);
const method = methodOf({ type: 'lora', r: 64, lora_alpha: 1, target_modules: ['q_proj', 'v_proj'] });

const line = (step: number): MetricsLine => ({
  step,
  epoch: 0,
  loss: 1 / step,
  grad_norm: 1,
  learning_rate: 0.01,
  tokens: 9,
  tokens_per_second: 1,
  rss_mb: 1,
});

/** A run whose steps are updates with made-up gradients. */
const runIn = (kind: OptimizerKind, out = mkdtempSync(join(tmpdir(), 'checkpoint-'))) => {
  const parameters = layOut(model, seamsOf(method, model));
  const { values, entries } = parameters;
  const optimizer = OPTIMIZERS[kind](entries.map((entry) => ({ ...entry, rate: 1, decay: true })));
  const curve: MetricsLine[] = [];
  const begin = () => {
    values.fill(0.5);
    return freshState(100);
  };
  const result = join(out, 'base.json');
  const trained = { method, model, base, baseId: 'tiny', parameters, optimizer };
  const keeper = openKeeper({ out, trained, curve, files: [result], begin });
  const step = (n: number) => {
    const gradients = Float32Array.from({ length: values.length }, (_, i) => Math.sin(i + n));
    optimizer.update(values, gradients, 1, { lr: 0.01, weight_decay: 0.1 });
    curve.push(line(n));
  };
  begin();
  return { out, keeper, step, values, optimizer, curve, result };
};
const at = (step: number) => ({ ...freshState(100), step });

test.each(Object.keys(OPTIMIZERS) as OptimizerKind[])(
  '%s: another process goes on from a checkpoint to the bit',
  (kind) => {
    const whole = runIn(kind);
    for (const n of [1, 2, 3]) whole.step(n);
    const state = { ...at(3), best: { step: 2, eval_loss: 1.5 }, back_offs: [{ step: 3, why: 'loss NaN' }] };
    const folder = whole.keeper.save(state);
    for (const n of [4, 5]) whole.step(n);

    const resumed = runIn(kind);
    expect(resumed.keeper.resume(folder)).toEqual(state);
    expect(resumed.curve).toEqual([1, 2, 3].map(line));
    for (const n of [4, 5]) resumed.step(n);
    expect(resumed.values).toEqual(whole.values);
    expect(resumed.optimizer.steps).toBe(5);
  },
);

test('a run goes back to what it saved last, though somebody has taken that folder away', () => {
  const run = runIn('adamw_torch');
  run.step(1);
  rmSync(run.keeper.save(at(1)), { recursive: true });
  run.step(2);
  rmSync(run.keeper.save(at(2)), { recursive: true });
  const then = run.values.slice();
  run.step(3);
  expect(run.keeper.goBack().step).toBe(2);
  expect(run.values).toEqual(then);
  expect(run.curve.map((l) => l.step)).toEqual([1, 2]);
  expect(run.optimizer.steps).toBe(2);
});

test('a run that has saved nothing goes back to its start', () => {
  const run = runIn('adamw_8bit');
  run.step(1);
  expect(run.keeper.goBack()).toEqual(freshState(100));
  expect([...new Set(run.values)]).toEqual([0.5]);
  expect(run.curve).toEqual([]);
  run.step(1);
  const other = runIn('adamw_8bit');
  other.step(1);
  expect(run.values).toEqual(other.values);
});

test('the best values travel with the checkpoint, those that were the best when it was made', () => {
  const run = runIn('adamw_torch');
  run.step(1);
  run.keeper.keepBest();
  const best = run.values.slice();
  run.step(2);
  const folder = run.keeper.save(at(2));
  run.step(3);
  run.keeper.keepBest();
  run.keeper.goBack();
  expect(run.keeper.loadBest()).toBe(true);
  expect(run.values).toEqual(best);

  const resumed = runIn('adamw_torch');
  resumed.keeper.resume(folder);
  expect(resumed.values).not.toEqual(best);
  expect(resumed.keeper.loadBest()).toBe(true);
  expect(resumed.values).toEqual(best);
});

test('of a checkpoint without a best one, no later one is taken', () => {
  const run = runIn('adamw_torch');
  run.step(1);
  run.keeper.save(at(1));
  run.step(2);
  run.keeper.keepBest();
  run.keeper.goBack();
  expect(run.keeper.loadBest()).toBe(false);
});

test('files of the run are taken along, and going back leaves them alone', () => {
  const run = runIn('adamw_torch');
  writeFileSync(run.result, 'old');
  const folder = run.keeper.save(at(1));
  writeFileSync(run.result, 'new');
  run.keeper.goBack();
  expect(readFileSync(run.result, 'utf8')).toBe('new');
  const resumed = runIn('adamw_torch');
  restoreResults(folder, [resumed.result]);
  expect(readFileSync(resumed.result, 'utf8')).toBe('old');
});

test('what an attempt left half-written is no checkpoint, and in nobody’s way', () => {
  const run = runIn('adafactor');
  const half = join(run.out, 'checkpoint', '1.part');
  mkdirSync(half, { recursive: true });
  writeFileSync(join(half, 'state.json'), '{');
  run.step(1);
  run.keeper.save(at(1));
  expect(readdirSync(join(run.out, 'checkpoint'))).toEqual(['1']);
  expect(run.keeper.goBack().step).toBe(1);
  expect(existsSync(half)).toBe(false);
});
