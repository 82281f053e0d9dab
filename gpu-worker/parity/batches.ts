import { type Batch, type Lay, type LayOptions, layRows, type Placed } from '../train/batch.ts';
import type { ReferenceBatch } from './cases.ts';

const NO_TARGET = -100;

/** Rows of a batch as the engine takes them: of pairs (chosen rows first, then rejected ones) the numbers 2i and 2i + 1. */
const rowsOf = ({ input_ids, labels, attention_mask, segment_ids, pairs }: ReferenceBatch): Placed[][] =>
  input_ids.map((row, i) => {
    const number = pairs === undefined ? i : i < pairs ? 2 * i : 2 * (i - pairs) + 1;
    const segments = segment_ids?.[i] ?? row.map(() => 0);
    const real = (at: number) => (attention_mask?.[i]?.[at] ?? 1) === 1;
    const ends = row.flatMap((_, at) => (real(at) && segments[at + 1] !== segments[at] ? [at + 1] : []));
    const last = row.findLastIndex((_, at) => real(at)) + 1;
    const borders = [...new Set([...ends.filter((end) => end < last), last])];
    return borders.map((to, n): Placed => {
      const from = borders[n - 1] ?? 0;
      const weights = Float32Array.from(labels[i]!.slice(from, to), (label) => (label === NO_TARGET ? 0 : 1));
      return { index: number, row: { ids: Int32Array.from(row.slice(from, to)), weights, line: i + 1 } };
    });
  });

/** A reference batch as the engine's, for a method that may put learned tokens before each segment. */
export const toBatch = (reference: ReferenceBatch, lay: Lay, whole?: LayOptions['whole']): Batch => {
  const bins = rowsOf(reference);
  const longest = Math.max(
    ...bins.map((bin) => bin.reduce((n, { row }) => n + lay.virtual + row.ids.length, 0)),
  );
  return layRows(bins, longest, { lay, packed: reference.packed ?? false, ...(whole && { whole }) });
};

/** KTO's batch of prompts with others' answers, where the folder has one. */
export const mismatchedOf = (batch: ReferenceBatch): ReferenceBatch | null =>
  batch.kl_input_ids && batch.kl_labels
    ? { input_ids: batch.kl_input_ids, labels: batch.kl_labels, attention_mask: batch.kl_attention_mask }
    : null;

/** Places of a laid batch whose logits the reference has, and where they stand there, both row-major. */
export const realPlaces = (
  { input_ids, attention_mask }: ReferenceBatch,
  { shape: { t }, ids }: Batch,
): { readonly ours: number[]; readonly theirs: number[] } => {
  const [ours, theirs]: [number[], number[]] = [[], []];
  const wide = input_ids[0]!.length;
  for (const [i, row] of input_ids.entries()) {
    let place = i * t;
    for (const at of row.keys()) {
      if ((attention_mask?.[i]?.[at] ?? 1) === 0) continue;
      while (ids[place]! < 0) place++;
      ours.push(place++);
      theirs.push(i * wide + at);
    }
  }
  return { ours, theirs };
};
