/** The graphs that make a linear's 8-bit columns, one for each direction of its product. */
import { Graph, type Value } from '../onnx/graph.ts';
import { type Part, part } from '../onnx/model.ts';
import { mul } from '../ops/elementwise.ts';
import { mT } from '../ops/movement.ts';
import { columns8, type Matrix8 } from '../ops/quantised.ts';

export type Direction = 'forward' | 'backward';

type Storing = Matrix8 & { readonly part: Part };

/** Inputs `weight` [out, in] and, for the forward direction, `divisors` [in], by which its channels are multiplied. What is
 *  summed over in the product runs along the columns: [in, out] forward, [out, in] backward. */
export const storing = (
  direction: Direction,
  { in: width, out }: { readonly in: number; readonly out: number },
  pairs: boolean,
): Storing => {
  const graph = new Graph();
  const weight = graph.input('weight', 'float32', [out, width]);
  const summed = (): Value =>
    direction === 'backward' ? weight : mT(mul(weight, graph.input('divisors', 'float32', [width])));
  const made = columns8(summed(), pairs);
  return { ...made, part: part([made.values, made.scales]) };
};
