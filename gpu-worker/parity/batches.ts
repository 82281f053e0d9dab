import type { Batch } from '../train/batch.ts';
import type { ReferenceBatch } from './cases.ts';

const NO_TARGET = -100;

const flat = (rows: readonly (readonly number[])[]) => BigInt64Array.from(rows.flat(), BigInt);

/** A reference batch as the engine's: the target at t is predicted from t − 1. */
export const toBatch = ({
  input_ids,
  labels,
  position_ids,
  segment_ids,
  attention_mask,
  packed,
}: ReferenceBatch): Batch => {
  const [b, t] = [input_ids.length, input_ids[0]!.length];
  const positions = position_ids ?? input_ids.map((row) => row.map((_, i) => i));
  const targets = labels.flatMap((row, i) =>
    row.flatMap((label, j) => (label === NO_TARGET ? [] : [{ at: i * t + j - 1, label, row: i }])),
  );
  return {
    shape: { b, t, packed: packed ?? false },
    ids: Int32Array.from(input_ids.flat()),
    positions: flat(positions),
    segments: packed && segment_ids ? flat(segment_ids) : null,
    targets: {
      at: Int32Array.from(targets, (x) => x.at),
      label: Int32Array.from(targets, (x) => x.label),
      weight: new Float32Array(targets.length).fill(1),
      row: Int32Array.from(targets, (x) => x.row),
    },
    tokens: attention_mask?.flat().reduce((n, x) => n + x, 0) ?? b * t,
  };
};

/** Places of a batch whose logits count: all but the padding, row-major. */
export const realPlaces = ({ input_ids, attention_mask }: ReferenceBatch): number[] => {
  const mask = attention_mask?.flat();
  return input_ids.flat().flatMap((_, i) => (mask && mask[i] === 0 ? [] : [i]));
};
