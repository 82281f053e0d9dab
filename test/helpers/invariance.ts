/** One step of a tiny model, and what must not change however its rows are laid. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { seamsOf } from '../../gpu-worker/adapters/index.ts';
import { modelFor } from '../../gpu-worker/models/index.ts';
import type { Model } from '../../gpu-worker/models/model.ts';
import { initialise } from '../../gpu-worker/runtime/initialise.ts';
import type { Parameters } from '../../gpu-worker/runtime/parameters.ts';
import { openSessions, type Sessions } from '../../gpu-worker/runtime/session.ts';
import { openWeights, type Weights } from '../../gpu-worker/runtime/weights.ts';
import {
  type Batch,
  type Lay,
  layOf,
  type LayOptions,
  layRows,
  type Placed,
} from '../../gpu-worker/train/batch.ts';
import type { Learnt, StepContext, Trainer, TrainerOptions } from '../../gpu-worker/train/trainer.ts';
import { openTrainer } from '../../gpu-worker/train/trainer.ts';
import { openBase } from '../../gpu-worker/weights/base.ts';
import type { ResolvedMethod } from '../../shared/contracts/method.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { uniformAt } from '../../shared/random.ts';

export type Tiny = { readonly model: Model; readonly weights: Weights; readonly sessions: Sessions };

/** A base of `test/fixtures/reference`, by its folder there. */
export const openTiny = async (folder: string): Promise<Tiny> => {
  const base = await openBase(join(packageRoot(), 'test/fixtures/reference', folder));
  return { model: modelFor(base.config), weights: openWeights(base), sessions: openSessions({ threads: 1 }) };
};

/** Random rows of these lengths: three tokens to read, then an answer. */
export const rowsOf = (lengths: readonly number[], weight: (i: number) => number = () => 1): Placed[] => {
  const at = uniformAt(3, 'rows');
  return lengths.map((length, index) => ({
    index,
    row: {
      ids: Int32Array.from({ length }, (_, i) => Math.floor(at(index * 100 + i) * 160)),
      weights: Float32Array.from({ length }, (_, i) => (i < 3 ? 0 : weight(i))),
      line: index + 1,
      desirable: index % 3 !== 0,
    },
  }));
};

/** The same rows, some with the beginning of another: [row, whose beginning, of how many tokens]. */
export const alike = (
  rows: readonly Placed[],
  pairs: readonly (readonly [number, number, number])[],
): Placed[] => {
  for (const [to, from, n] of pairs) rows[to]!.row.ids.set(rows[from]!.row.ids.subarray(0, n));
  return [...rows];
};

/** Moves every value a little: what begins at zero has gradients, and gives some. */
const shake = ({ entries, values, view }: Parameters): void => {
  for (const { name } of entries) {
    const [value, random] = [view(values, name), uniformAt(11, name)];
    for (let i = 0; i < value.length; i++) value[i]! += random(i) * 0.2 - 0.1;
  }
};

export type Pupil = { readonly trainer: Trainer; readonly lay: Lay };
export const openShaken = (
  tiny: Tiny,
  method: ResolvedMethod,
  options: Pick<TrainerOptions, 'keep' | 'objective'> = {},
): Pupil => {
  const seams = seamsOf(method, tiny.model);
  const trainer = openTrainer({ ...tiny, seams, ...options });
  initialise(trainer.parameters, 5, tiny.weights);
  shake(trainer.parameters);
  return { trainer, lay: layOf(seams) };
};

/** Rows alone, `size` a pass, padded to t. */
export const alone = (rows: readonly Placed[], t: number, size: number, options: LayOptions): Batch[] =>
  Array.from({ length: rows.length / size }, (_, i) => {
    const those = rows.slice(i * size, (i + 1) * size);
    return layRows(
      those.map((row) => [row]),
      t,
      options,
    );
  });

type LearnArguments = [step: readonly Batch[], context?: StepContext];
export type Outcome = Pick<Learnt, 'loss'> & { readonly gradients: Float32Array };
export const learn = async ({ trainer }: Pupil, ...step: LearnArguments): Promise<Outcome> => {
  const { loss } = await trainer.learn(...step);
  return { loss, gradients: trainer.gradients.slice() };
};

/** The largest difference of loss and gradients, as a share of the largest gradient. */
export const apart = (a: Outcome, b: Outcome): number => {
  const most = a.gradients.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  expect(most, 'there is a gradient').toBeGreaterThan(1e-4);
  const differ = a.gradients.reduce((m, x, i) => Math.max(m, Math.abs(x - b.gradients[i]!)), 0);
  return Math.max(Math.abs(a.loss - b.loss) / Math.max(1, Math.abs(a.loss)), differ / most);
};
