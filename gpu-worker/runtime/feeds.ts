import type { Fed, Trained } from '../nn/seams.ts';
import type { Shape } from '../onnx/graph.ts';
import { size } from '../onnx/shape.ts';
import type { Parameters } from './parameters.ts';
import { type Feeds, type Tensor, tensor } from './session.ts';
import type { Weights } from './weights.ts';

/** What a block's graph is fed besides its activations: the checkpoint's weights and the method's values, as views. */
export const feedsOf = (
  { frozen, trained }: { readonly frozen: readonly Fed[]; readonly trained: readonly Trained[] },
  weights: Weights,
  parameters: Parameters | null,
): Feeds =>
  Object.fromEntries([
    ...frozen.map(({ input, name, form }) => [input.name, weights.tensor(name, input.shape, form)]),
    ...trained.map(({ input, name }) => {
      if (!parameters) throw new TypeError(`${name} has no values`);
      return [input.name, tensor(parameters.value(name), input.shape)];
    }),
  ]);

/** `times`: how many times as large a shape the room will be asked for later, where that is known. */
export type Rooms = (name: string, shape: Shape, times?: number) => Tensor;

/** Memory by name, grown to the largest shape asked for: passes of different shapes never run at once, so they share it. A
 *  room that grows leaves its old memory behind, and finds all of the new one untouched. */
export const openRooms = (): Rooms => {
  const rooms = new Map<string, Float32Array>();
  return (name, shape, times = 1) => {
    const n = size(shape);
    let room = rooms.get(name);
    if (!room || room.length < n) rooms.set(name, (room = new Float32Array(Math.ceil(n * times))));
    return tensor(room.subarray(0, n), shape);
  };
};
