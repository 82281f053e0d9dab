/** Cuts a graph with gradients into a forward and a backward model, and decides what crosses from one to the other. */
import type { Inputs, Node, Value, Worth } from '../onnx/graph.ts';
import { type Part, part } from '../onnx/model.ts';

/** What forward keeps for backward: every product and the attention weights, the products alone, or nothing but its
 *  inputs (gradient checkpointing). What is not kept is computed again inside the backward model. */
export const KEEP = {
  scores: new Set<Worth>(['product', 'scores']),
  products: new Set<Worth>(['product']),
  none: new Set<Worth>(),
} as const;
export type Keep = keyof typeof KEEP;

export type Halves = { readonly forward: Part; readonly backward: Part; readonly kept: readonly Value[] };

/** `forwardNodes`: the first so many nodes of the graph are the forward pass. */
export const partition = (
  y: Value,
  gradients: Inputs,
  { keep, forwardNodes }: { keep: Keep; forwardNodes: number },
): Halves => {
  const { graph } = y;
  const madeBy = new Map<Value, { node: Node; at: number }>();
  for (const [at, node] of graph.nodes.entries()) for (const v of node.y) madeBy.set(v, { node, at });

  const kept = new Set<Value>();
  const seen = new Set<Value>();
  const visit = (v: Value): void => {
    if (seen.has(v)) return;
    seen.add(v);
    const made = madeBy.get(v);
    if (!made) return; // an input or a constant: there anyway
    if (made.at < forwardNodes && KEEP[keep].has(v.worth)) kept.add(v);
    else for (const x of made.node.x) visit(x);
  };
  for (const g of gradients) visit(g);

  const order = [...kept].toSorted((a, b) => madeBy.get(a)!.at - madeBy.get(b)!.at);
  return { forward: part([y, ...order]), backward: part(gradients, order), kept: order };
};
