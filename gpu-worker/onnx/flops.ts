/** Floating-point operations of the products of a model; all else is small beside them and bound by memory. */
import type { Node } from './graph.ts';
import type { Part } from './model.ts';
import { size } from './shape.ts';

/** How many values each value of a product is the sum of. */
const depthOf = ({ op, attrs, x: [a] }: Node): number => {
  if (op === 'Gemm' || op === 'FusedMatMul') return a!.shape.at(attrs['transA'] === 1 ? -2 : -1)!;
  return op === 'MatMul' || op === 'MatMulIntegerToFloat' ? a!.shape.at(-1)! : 0;
};

/** A multiplication and an addition are two operations. */
export const flopsOf = ({ nodes }: Part): number =>
  nodes.reduce((sum, node) => sum + 2 * size(node.y[0]!.shape) * depthOf(node), 0);
