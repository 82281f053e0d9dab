/** Rows of tokens as the static shapes that graphs are built for. */
import type { TokenRow } from '../../shared/text/shards.ts';
import type { RowsShape } from '../models/graphs.ts';
import type { Seams } from '../nn/seams.ts';
import { branches } from './tree.ts';

/** One pass of the model: B rows of T places, row-major; a padded place has id 0 and takes part in no loss. */
export type Batch = {
  readonly shape: RowsShape;
  /** [B·T]; below zero: learned tokens, −1 the first */
  readonly ids: Int32Array;
  readonly positions: BigInt64Array; // [B·T], each token's place in its own row of the dataset
  /** [B·T], where packed: the place in its row before which the tokens that may see it end */
  readonly until: BigInt64Array | null;
  readonly targets: Targets;
  /** tokens of the rows of the dataset: those that several rows share count for each */
  readonly tokens: number;
};

/** How many places the tokens of a batch reach: one more than the furthest position. */
export const reachOf = ({ positions }: Pick<Batch, 'positions'>): number =>
  Number(positions.reduce((most, at) => (at > most ? at : most), 0n)) + 1;

/** Where loss is taken: `at` is the place whose hidden state predicts `label`, `weight` its share (unscaled). */
export type Targets = {
  readonly at: Int32Array;
  readonly label: Int32Array;
  readonly weight: Float32Array;
  /** which row of the dataset each target belongs to */
  readonly row: Int32Array;
  /** 1 where the target is a part of the answer; absent: all are */
  readonly answer?: Uint8Array;
};

export type Placed = { readonly row: TokenRow; readonly index: number };

/** What a method puts before every row: learned tokens that take places, or positions that are taken already. */
export type Lay = { readonly virtual: number; readonly offset: number };
export const PLAIN: Lay = { virtual: 0, offset: 0 };
export const layOf = ({ virtual }: Seams): Lay =>
  virtual?.embeddings ? { virtual: virtual.count, offset: 0 } : { virtual: 0, offset: virtual?.count ?? 0 };

export type LayOptions = {
  readonly packed?: boolean;
  /** as in `tree.ts`: rows of one bin that begin alike take the places of their beginning once; targets come in the order of
   *  `byStart` */
  readonly share?: boolean;
  readonly lay?: Lay;
  /** rows of which every token is a target, beside their answers */
  readonly whole?: (index: number) => boolean;
};

type Collected = { at: number[]; label: number[]; weight: number[]; row: number[]; answer: number[] };

const collect = (
  into: Collected,
  { row, index }: Placed,
  at: (j: number) => number,
  whole: boolean,
): void => {
  for (let j = 1; j < row.ids.length; j++) {
    const weight = row.weights[j]!;
    if (!whole && weight <= 0) continue;
    into.at.push(at(j - 1));
    into.label.push(row.ids[j]!);
    into.weight.push(whole ? 1 : weight);
    into.row.push(index);
    into.answer.push(weight > 0 ? 1 : 0);
  }
};

/** Lays bins (each a list of rows that together fit T) into one batch. */
export const layRows = (bins: readonly (readonly Placed[])[], t: number, options: LayOptions = {}): Batch => {
  const { lay = PLAIN, share = false, whole, packed = bins.some((bin) => bin.length > 1) } = options;
  const { virtual, offset } = lay;
  const b = bins.length;
  const ids = new Int32Array(b * t);
  const positions = new BigInt64Array(b * t);
  const until = packed ? BigInt64Array.from({ length: b * t }, (_, place) => BigInt((place % t) + 1)) : null;
  const found: Collected = { at: [], label: [], weight: [], row: [], answer: [] };
  let tokens = 0;
  for (const [i, bin] of bins.entries()) {
    const first = i * t;
    const ends = (place: number, end: number) => {
      if (until) until[first + place] = BigInt(end);
    };
    for (const { placed, path, fresh } of branches(bin, { virtual, share }, ends)) {
      if (path.at(-1)! >= t) throw new TypeError(`a bin of more than ${t} tokens`);
      for (let j = fresh; j < path.length; j++) {
        const place = first + path[j]!;
        ids[place] = j < virtual ? -1 - j : placed.row.ids[j - virtual]!;
        positions[place] = BigInt(offset + j);
      }
      collect(found, placed, (j) => first + path[virtual + j]!, whole?.(placed.index) ?? false);
      tokens += placed.row.ids.length;
    }
  }
  const targets = {
    at: Int32Array.from(found.at),
    label: Int32Array.from(found.label),
    weight: Float32Array.from(found.weight),
    row: Int32Array.from(found.row),
    ...(whole && { answer: Uint8Array.from(found.answer) }),
  };
  return { shape: { b, t, packed }, ids, positions, until, targets, tokens };
};
