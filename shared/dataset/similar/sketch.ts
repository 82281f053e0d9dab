/** A row's MinHash, by one permutation (https://arxiv.org/abs/1208.1259): a shingle's hash says which of 128 bins it is
 *  for, and each bin keeps its least. Empty bins borrow from full ones (https://arxiv.org/abs/1703.04664). */
import type { Units } from './normal.ts';
import { BINS, EMPTY, putShingles } from './shingles.ts';

/** How many bins make a band: two rows are compared where one band is equal. A pair of likeness 0.85 is missed once in
 *  160 pairs with 8, one of 0.5 once in 8 with 4. */
export const binsPerBand = (threshold: number): number => (threshold >= 0.8 ? 8 : 4);

const least = new Int32Array(BINS);

const full = new Int32Array(BINS);

const borrow = (): void => {
  full.set(least);
  for (let bin = 0; bin < BINS; bin++) {
    if (full[bin] !== EMPTY) continue;
    let h = bin + 1;
    do {
      h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    } while (full[(h >>> 8) & (BINS - 1)] === EMPTY);
    least[bin] = full[(h >>> 8) & (BINS - 1)]!;
  }
};

/** Of no text all bins are 0. The array serves the next call too. */
export const sketchOf = (units: Units): Int32Array => {
  least.fill(EMPTY);
  putShingles(units, least);
  if (!least.includes(EMPTY)) return least;
  if (least.every((value) => value === EMPTY)) least.fill(0);
  else borrow();
  return least;
};

export const bandHash = (bins: Int32Array, from: number, to: number): number => {
  let h = 0x811c9dc5;
  for (let bin = from; bin < to; bin++) {
    h = Math.imul(h ^ bins[bin]!, 0x01000193);
    h ^= h >>> 15;
  }
  return h >>> 0;
};

/** What the low bytes of two sketches say of the likeness of their rows; equal by chance once in 256. */
export const estimate = (a: Uint8Array, b: Uint8Array): number => {
  let equal = 0;
  for (let i = 0; i < BINS; i++) if (a[i] === b[i]) equal += 1;
  return (equal / BINS - 1 / 256) / (1 - 1 / 256);
};
