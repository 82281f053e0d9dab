/** Rows of tokens as the static shapes that graphs are built for. */
import type { TokenRow } from '../../shared/text/shards.ts';
import type { RowsShape } from '../models/graphs.ts';

/** One pass of the model: B rows of T tokens. Row-major; a padded place has id 0 and takes part in no loss. */
export type Batch = {
  readonly shape: RowsShape;
  readonly ids: Int32Array; // [B·T]
  readonly positions: BigInt64Array; // [B·T], restarting with each segment
  readonly segments: BigInt64Array | null; // [B·T], where packed
  readonly targets: Targets;
  /** tokens that are not padding */
  readonly tokens: number;
};

/** Where loss is taken: `at` is the place whose hidden state predicts `label`, `weight` its share (unscaled). */
export type Targets = {
  readonly at: Int32Array;
  readonly label: Int32Array;
  readonly weight: Float32Array;
  /** which row of the dataset each target belongs to */
  readonly row: Int32Array;
};

export type Placed = { readonly row: TokenRow; readonly index: number };

/** Lays bins (each a list of rows that together fit T) into one batch. */
export const layRows = (
  bins: readonly (readonly Placed[])[],
  t: number,
  packed = bins.some((bin) => bin.length > 1),
): Batch => {
  const b = bins.length;
  const ids = new Int32Array(b * t);
  const positions = new BigInt64Array(b * t);
  const segments = packed ? new BigInt64Array(b * t).fill(-1n) : null;
  const [at, label, weight, rows]: [number[], number[], number[], number[]] = [[], [], [], []];
  let tokens = 0;
  for (const [i, bin] of bins.entries()) {
    let place = i * t;
    for (const [segment, { row, index }] of bin.entries()) {
      if (place + row.ids.length > (i + 1) * t) throw new TypeError(`a bin of more than ${t} tokens`);
      for (let j = 0; j < row.ids.length; j++, place++) {
        ids[place] = row.ids[j]!;
        positions[place] = BigInt(j);
        if (segments) segments[place] = BigInt(segment);
        if (j > 0 && row.weights[j]! > 0) {
          at.push(place - 1);
          label.push(row.ids[j]!);
          weight.push(row.weights[j]!);
          rows.push(index);
        }
      }
      tokens += row.ids.length;
    }
  }
  const targets = {
    at: Int32Array.from(at),
    label: Int32Array.from(label),
    weight: Float32Array.from(weight),
    row: Int32Array.from(rows),
  };
  return { shape: { b, t, packed }, ids, positions, segments, targets, tokens };
};
