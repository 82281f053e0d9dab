/** What every optimizer is: loops over flat arrays that hold all trained tensors one after another. */
import type { Shape } from '../../onnx/graph.ts';
import { size } from '../../onnx/shape.ts';

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

export type Rates = {
  readonly lr: number;
  readonly weight_decay: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly eps?: number;
};

export type Optimizer = {
  /** updates made so far */
  steps: number;
  /** all that a checkpoint must hold besides `steps`; whoever restores it fills these arrays in place */
  readonly arrays: Readonly<Record<string, Float32Array | Uint8Array>>;
  /** One update of `values` in place; gradients are multiplied by `shrink` first. */
  update(values: Float32Array, gradients: Float32Array, shrink: number, rates: Rates): void;
};

export type OpenOptimizer = (groups: readonly Group[]) => Optimizer;

export type Span = {
  readonly from: number;
  readonly to: number;
  readonly rate: number;
  readonly decay: boolean;
};

/** Neighbours of the same rate and decay as one stretch: a few long loops are faster than hundreds of short ones. */
export const spansOf = (groups: readonly Group[]): Span[] => {
  const spans: Span[] = [];
  for (const { offset, shape, rate, decay } of groups) {
    const last = spans.at(-1);
    const to = offset + size(shape);
    if (last && last.to === offset && last.rate === rate && last.decay === decay)
      spans[spans.length - 1] = { ...last, to };
    else spans.push({ from: offset, to, rate, decay });
  }
  return spans;
};

export const endOf = (groups: readonly Group[]): number =>
  groups.reduce((most, { offset, shape }) => Math.max(most, offset + size(shape)), 0);
