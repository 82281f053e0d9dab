/** Which rows are kept for the test. By hash and seed alone: neither order nor chunking of the input matters, and equal
 *  rows stay on one side. */
import { createHash } from 'node:crypto';
import type { Recipe } from '../contracts/recipe.ts';

const FEW = 30;
const [LEAST, MOST] = [20, 200];

/** How many of `n` usable rows are held out; always fewer than all.
 *  `auto`: a fifth of fewer than 30 rows, else 10 %, from 20 to 200 and never more than a third. */
export const heldOutCount = (n: number, wish: Recipe['data']['held_out']): number => {
  if (wish === 'auto') {
    if (n < FEW) return Math.floor(n / 5);
    return Math.min(Math.floor(n / 3), Math.max(LEAST, Math.min(MOST, Math.round(n / 10))));
  }
  return Math.max(0, Math.min(n - 1, wish < 1 ? Math.round(n * wish) : Math.floor(wish)));
};

const rankOf = (hash: string, seed: number): string =>
  createHash('sha256').update(`${seed}:${hash}`).digest('hex');

/** The hashes to hold out of the rows' hashes (equal ones are equal rows): `heldOutCount` rows, or a few less where
 *  repeated rows do not fit. */
export const chooseHeldOut = (
  hashes: readonly string[],
  wish: Recipe['data']['held_out'],
  seed: number,
): ReadonlySet<string> => {
  const copies = new Map<string, number>();
  for (const hash of hashes) copies.set(hash, (copies.get(hash) ?? 0) + 1);
  const ranked = [...copies.keys()].map((hash) => ({ hash, rank: rankOf(hash, seed) }));
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const chosen = new Set<string>();
  let left = heldOutCount(hashes.length, wish);
  for (const { hash } of ranked) {
    const size = copies.get(hash)!;
    if (size > left) continue;
    chosen.add(hash);
    left -= size;
  }
  return chosen;
};
