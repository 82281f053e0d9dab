/** Rows of tokens as the static shapes that graphs are built for. */
import type { TokenRow } from '../../shared/text/shards.ts';
import type { RowsShape } from '../models/graphs.ts';
import type { Seams } from '../nn/seams.ts';

/** One pass of the model: B rows of T places, row-major; a padded place has id 0 and takes part in no loss. */
export type Batch = {
  readonly shape: RowsShape;
  /** [B·T]; below zero: learned tokens, −1 the first */
  readonly ids: Int32Array;
  readonly positions: BigInt64Array; // [B·T], restarting with each segment
  readonly segments: BigInt64Array | null; // [B·T], where packed
  readonly targets: Targets;
  /** tokens that are neither padding nor learned */
  readonly tokens: number;
};

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

/** What a method puts before every segment: learned tokens that take places, or positions that are taken already. */
export type Lay = { readonly virtual: number; readonly offset: number };
export const PLAIN: Lay = { virtual: 0, offset: 0 };
export const layOf = ({ virtual }: Seams): Lay =>
  virtual?.embeddings ? { virtual: virtual.count, offset: 0 } : { virtual: 0, offset: virtual?.count ?? 0 };

/** Places of a row that learned tokens and tokens take. */
export const placesOf = ({ row }: Placed, { virtual }: Lay): number => virtual + row.ids.length;

export type LayOptions = {
  readonly packed?: boolean;
  readonly lay?: Lay;
  /** rows of which every token is a target, beside their answers */
  readonly whole?: (index: number) => boolean;
};

type Collected = { at: number[]; label: number[]; weight: number[]; row: number[]; answer: number[] };

const collect = (into: Collected, { row, index }: Placed, first: number, whole: boolean): void => {
  for (let j = 1; j < row.ids.length; j++) {
    const weight = row.weights[j]!;
    if (!whole && weight <= 0) continue;
    into.at.push(first + j - 1);
    into.label.push(row.ids[j]!);
    into.weight.push(whole ? 1 : weight);
    into.row.push(index);
    into.answer.push(weight > 0 ? 1 : 0);
  }
};

/** Lays bins (each a list of rows that together fit T) into one batch. */
export const layRows = (bins: readonly (readonly Placed[])[], t: number, options: LayOptions = {}): Batch => {
  const { lay = PLAIN, whole, packed = bins.some((bin) => bin.length > 1) } = options;
  const b = bins.length;
  const ids = new Int32Array(b * t);
  const positions = new BigInt64Array(b * t);
  const segments = packed ? new BigInt64Array(b * t).fill(-1n) : null;
  const found: Collected = { at: [], label: [], weight: [], row: [], answer: [] };
  let tokens = 0;
  for (const [i, bin] of bins.entries()) {
    let place = i * t;
    for (const [segment, placed] of bin.entries()) {
      const places = placesOf(placed, lay);
      if (place + places > (i + 1) * t) throw new TypeError(`a bin of more than ${t} tokens`);
      for (let j = 0; j < places; j++) {
        ids[place + j] = j < lay.virtual ? -1 - j : placed.row.ids[j - lay.virtual]!;
        positions[place + j] = BigInt(lay.offset + j);
        if (segments) segments[place + j] = BigInt(segment);
      }
      collect(found, placed, place + lay.virtual, whole?.(placed.index) ?? false);
      place += places;
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
  return { shape: { b, t, packed }, ids, positions, segments, targets, tokens };
};
