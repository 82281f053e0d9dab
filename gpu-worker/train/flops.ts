/** What steps, passes and generated tokens take, counted from the graphs that run: whatever the architecture, the method
 *  and the plan are. */
import { once } from '../../shared/once.ts';
import type { Keep } from '../autodiff/partition.ts';
import { decodingLayer, forwardLayer, headLogits, headLoss, trainingLayer } from '../models/graphs.ts';
import type { RowsShape } from '../models/graphs.ts';
import { layerForms } from '../models/forms.ts';
import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/seams.ts';
import { flopsOf } from '../onnx/flops.ts';
import type { Batch } from './batch.ts';
import { headRuns } from './head.ts';

export type Flops = {
  /** forward, backward and head of these passes */
  learn(passes: readonly Batch[]): number;
  /** forward and head of a pass */
  forward(batch: Batch): number;
  /** forward of a prompt, and the head on its last place */
  prompt(tokens: number): number;
  /** one more token of one row against so many places */
  token(places: number): number;
};

type Options = { readonly model: Model; readonly seams: Seams; readonly keep: (layer: number) => Keep };

const memoised = <A extends readonly unknown[]>(count: (...of: A) => number) => {
  const known = new Map<string, number>();
  return (...of: A): number => {
    const key = JSON.stringify(of);
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = count(...of)));
    return found;
  };
};

/** Σ over the layers, of which those of one kind are counted once. */
const overLayers = (kinds: readonly string[], count: (layer: number) => number): number => {
  const known = new Map<string, number>();
  return kinds.reduce((sum, kind, i) => {
    if (!known.has(kind)) known.set(kind, count(i));
    return sum + known.get(kind)!;
  }, 0);
};

const ceil = (n: number, step: number): number => Math.max(step, Math.ceil(n / step) * step);

export const flopsFor = ({ model, seams, keep }: Options): Flops => {
  const kinds = (training: boolean) =>
    once(() => layerForms(model, seams, training).map(({ kind }, i) => `${training ? keep(i) : ''} ${kind}`));
  const [plain, trained] = [kinds(false), kinds(true)];
  const training = memoised((shape: RowsShape) =>
    overLayers(trained(), (i) => {
      const { forward, backward } = trainingLayer(model, i, seams, shape, keep(i));
      return flopsOf(forward) + flopsOf(backward);
    }),
  );
  const reading = memoised((shape: RowsShape) =>
    overLayers(plain(), (i) => flopsOf(forwardLayer(model, i, seams, shape, false).part)),
  );
  const head = memoised((rows: number, part: 'forward' | 'loss') =>
    flopsOf(headLoss(model, rows, seams)[part]),
  );
  const heads = ({ targets }: Batch, part: 'forward' | 'loss'): number =>
    headRuns(targets).reduce((sum, rows) => sum + head(rows, part), 0);
  const next = memoised(() => flopsOf(headLogits(model, 1, seams).part));
  const decoding = memoised((s: number) =>
    overLayers(plain(), (i) => flopsOf(decodingLayer(model, i, seams, { b: 1, s, places: s + 1 }).part)),
  );
  return {
    learn: (passes) => passes.reduce((sum, batch) => sum + training(batch.shape) + heads(batch, 'loss'), 0),
    forward: (batch) => reading(batch.shape) + heads(batch, 'forward'),
    prompt: (tokens) => reading({ b: 1, t: ceil(tokens, 32), packed: false }) + next(),
    token: (places) => decoding(ceil(places, 64)) + next(),
  };
};
