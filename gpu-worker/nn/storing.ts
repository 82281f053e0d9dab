/** The graphs that make a weight's 8-bit columns, one for each direction of its product. */
import { Graph } from '../onnx/graph.ts';
import { type Part, part } from '../onnx/model.ts';
import { mul } from '../ops/elementwise.ts';
import { mT } from '../ops/movement.ts';
import { columns8, type Matrix8 } from '../ops/quantised.ts';

export type Direction = 'forward' | 'backward';

type Storing = Matrix8 & { readonly part: Part };

/** Inputs `weight` [out, in] and, with `divided`, `divisors` [in], by which its channels are multiplied. What is summed over
 *  in the product runs along the columns: [in, out] forward, [out, in] backward. */
export const storing = (
  direction: Direction,
  { in: width, out }: { readonly in: number; readonly out: number },
  { divided, pairs }: { readonly divided: boolean; readonly pairs: boolean },
): Storing => {
  const graph = new Graph();
  const weight = graph.input('weight', 'float32', [out, width]);
  const even = divided ? mul(weight, graph.input('divisors', 'float32', [width])) : weight;
  const made = columns8(direction === 'forward' ? mT(even) : even, pairs);
  return { ...made, part: part([made.values, made.scales]) };
};
