/** One model with one method on it: loss, gradients, and an optimizer step. The loop above it decides what and when. */
import type { Keep } from '../autodiff/partition.ts';
import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/scope.ts';
import type { Sessions } from '../runtime/session.ts';
import type { Weights } from '../runtime/weights.ts';
import type { Batch } from './batch.ts';
import { openHead } from './head.ts';
import { type AdamW, clipBy, norm, openAdamW, update } from './optimizer.ts';
import { layOut, type Parameters } from '../runtime/parameters.ts';
import { openStack } from './stack.ts';

export type Trainer = {
  readonly parameters: Parameters;
  readonly optimizer: AdamW;
  /** Negative log-likelihood of each target of the batch, nats, in the batch's order. */
  nll(batch: Batch): Promise<Float32Array>;
  /** Mean loss over all targets of the step (weighted, nats); its gradient is left in `gradients`, flat. */
  gradient(step: readonly Batch[]): Promise<number>;
  readonly gradients: Float32Array;
  /** One AdamW update with what is in `gradients`; returns their norm before clipping. */
  update(rates: {
    readonly lr: number;
    readonly weight_decay: number;
    readonly clip: number | null;
    readonly betas?: readonly [number, number];
    readonly eps?: number;
  }): number;
};

export type TrainerOptions = {
  readonly model: Model;
  readonly weights: Weights;
  readonly sessions: Sessions;
  readonly seams: Seams;
  readonly keep?: (layer: number) => Keep;
};

export const openTrainer = ({ keep = () => 'products', ...options }: TrainerOptions): Trainer => {
  const { model, weights, sessions } = options;
  const parameters = layOut(model, options.seams);
  const n = parameters.values.length;
  const gradients = new Float32Array(n);
  const stack = openStack({ ...options, parameters, keep });
  const head = openHead(model, weights, sessions);
  const optimizer = openAdamW(n);
  let more: Float32Array | null = null; // gradients of the second and later batches of a step
  let dHidden = new Float32Array(0);

  const addBatch = async (batch: Batch, share: number, first: boolean): Promise<number> => {
    const hidden = await stack.forward(batch, true);
    if (dHidden.length !== hidden.length) dHidden = new Float32Array(hidden.length);
    dHidden.fill(0);
    const scale = batch.targets.weight.map((w) => w * share);
    const nll = await head.loss(hidden, batch.targets, { scale, dHidden });
    const into = first ? gradients : (more ??= new Float32Array(n));
    await stack.backward(batch, dHidden, into);
    if (!first) for (let i = 0; i < n; i++) gradients[i]! += into[i]!;
    return nll.reduce((sum, x, i) => sum + x * scale[i]!, 0);
  };

  return {
    parameters,
    optimizer,
    gradients,
    nll: async (batch) => head.loss(await stack.forward(batch, false), batch.targets),
    gradient: async (step) => {
      const all = step.reduce((sum, b) => sum + b.targets.weight.reduce((s, w) => s + w, 0), 0);
      if (all === 0) throw new TypeError('a step without targets has no loss');
      let loss = 0;
      for (const [i, batch] of step.entries()) loss += await addBatch(batch, 1 / all, i === 0);
      return loss;
    },
    update: ({ lr, weight_decay, clip, betas, eps }) => {
      const size = norm(gradients);
      const rates = {
        lr,
        weight_decay,
        ...(betas && { beta1: betas[0], beta2: betas[1] }),
        ...(eps && { eps }),
      };
      update(optimizer, parameters.values, gradients, clipBy(size, clip), rates);
      return size;
    },
  };
};
