/** Ids and places to x [M, C], and the gradient back. An id below zero is a learned token: −1 the first, −2 the second. */
import type { Seams } from '../nn/seams.ts';
import type { Model } from '../models/model.ts';
import { type Parameters, virtualTokens } from './parameters.ts';
import type { Weights } from './weights.ts';

export type Places = {
  readonly ids: ArrayLike<number>;
  readonly positions: ArrayLike<bigint>;
};

export type Embedder = {
  /** writes rows of C, as many as there are ids */
  embed(places: Places, into: Float32Array): void;
  /** Adds dX's part in each table that is trained to `gradients`, flat. */
  backward(places: Places, dX: Float32Array, gradients: Float32Array): void;
};

type Options = {
  readonly model: Model;
  readonly weights: Weights;
  readonly seams: Seams;
  readonly parameters: Parameters | null;
};

const scatter = (table: Float32Array, row: number, from: Float32Array, scale: number): void => {
  const at = row * from.length;
  for (let j = 0; j < from.length; j++) table[at + j]! += from[j]! * scale;
};

export const openEmbedder = ({ model, weights, seams, parameters }: Options): Embedder => {
  const { hidden_size: c, embedding } = model;
  const { table, positions: places, scale, learnedScale } = embedding;
  const keyOf = (name: string | null) => (name === null ? null : (seams.trains?.(name, name) ?? null));
  const [tableKey, placesKey, virtual] = [keyOf(table), keyOf(places), virtualTokens(parameters)];
  const dataOf = (name: string, key: string | null) => (key ? parameters!.value(key) : weights.data(name));
  // transformers multiplies by the scale as a float32
  const [times, learnedTimes] = [Math.fround(scale), Math.fround(learnedScale)];
  const copy = (into: Float32Array, from: Float32Array, row: number, factor: number) => {
    const at = row * c;
    for (let j = 0; j < c; j++) into[j] = from[at + j]! * factor;
  };

  return {
    embed: ({ ids, positions }, into) => {
      const words = dataOf(table, tableKey);
      const learned = virtual === null ? null : parameters!.value(virtual);
      const learnedPlaces = places === null ? null : dataOf(places, placesKey);
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i]!;
        const row = into.subarray(i * c, (i + 1) * c);
        if (id < 0) copy(row, learned!, -1 - id, learnedTimes);
        else if (times !== 1) copy(row, words, id, times);
        else row.set(words.subarray(id * c, (id + 1) * c));
        if (learnedPlaces) {
          const at = Number(positions[i]!) * c;
          for (let j = 0; j < c; j++) row[j]! += learnedPlaces[at + j]!;
        }
      }
    },
    backward: ({ ids, positions }, dX, gradients) => {
      const into = (key: string | null) => key && parameters!.view(gradients, key);
      const [words, turns, learned] = [into(tableKey), into(placesKey), into(virtual)];
      if (!words && !turns && !learned) return;
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i]!;
        const row = dX.subarray(i * c, (i + 1) * c);
        if (id < 0) {
          if (learned) scatter(learned, -1 - id, row, learnedTimes);
        } else if (words) scatter(words, id, row, times);
        if (turns) scatter(turns, Number(positions[i]!), row, 1);
      }
    },
  };
};
