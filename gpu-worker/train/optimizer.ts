/** AdamW over flat arrays, https://arxiv.org/abs/1711.05101, step for step as torch.optim.AdamW in float32. */

import type { Shape } from '../onnx/graph.ts';
import { size } from '../onnx/shape.ts';

/** One trained tensor. */
export type Group = {
  /** first element in the flat array */
  readonly offset: number;
  readonly shape: Shape;
  /** times the learning rate, as LoRA+ wants it for B */
  readonly rate: number;
  /** whether weight decay acts on it */
  readonly decay: boolean;
};

export type AdamW = {
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** updates made so far */
  steps: number;
};

export const openAdamW = (n: number): AdamW => ({ m: new Float32Array(n), v: new Float32Array(n), steps: 0 });

type Rates = {
  readonly lr: number;
  readonly weight_decay: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly eps?: number;
};

/** p −= lr·wd·p, then p −= lr·(m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε); gradients are multiplied by `shrink` first. In place. */
export const update = (
  state: AdamW,
  groups: readonly Group[],
  values: Float32Array,
  gradients: Float32Array,
  shrink: number,
  { lr: rate, weight_decay, beta1 = 0.9, beta2 = 0.999, eps = 1e-8 }: Rates,
): void => {
  state.steps++;
  const { m, v, steps } = state;
  const [c1, c2] = [1 - beta1 ** steps, Math.sqrt(1 - beta2 ** steps)];
  for (const { offset, shape, rate: times, decay } of groups) {
    const lr = rate * times;
    const [keep, stride] = [decay ? 1 - lr * weight_decay : 1, lr / c1];
    for (let i = offset, end = offset + size(shape); i < end; i++) {
      const g = gradients[i]! * shrink;
      const mi = (m[i] = beta1 * m[i]! + (1 - beta1) * g);
      const vi = (v[i] = beta2 * v[i]! + (1 - beta2) * g * g);
      values[i] = values[i]! * keep - (stride * mi) / (Math.sqrt(vi) / c2 + eps);
    }
  }
};

/** 2-norm over all gradients. */
export const norm = (gradients: Float32Array): number => {
  let sum = 0;
  for (const g of gradients) sum += g * g;
  return Math.sqrt(sum);
};

/** torch.nn.utils.clip_grad_norm_: what to multiply gradients by so that their norm is at most `most`. */
export const clipBy = (gradientNorm: number, most: number | null): number =>
  most === null ? 1 : Math.min(1, most / (gradientNorm + 1e-6));
