/** Rows by the first that has the same hash. */
import { NONE } from './facts.ts';
import { sieve } from './similar/sieve.ts';

const mixed = (low: number, high: number): number => low ^ Math.imul(high, 2654435761);

/** Points each of the rows to the first of them with the same hash. */
const pointToFirst = (hashes: Uint32Array, rows: Uint32Array, first: Uint32Array): void => {
  const last = 2 ** Math.ceil(Math.log2(1.5 * rows.length + 2)) - 1;
  const slots = new Uint32Array(last + 1); // row + 1, 0 = free
  for (const row of rows) {
    const [low, high] = [hashes[2 * row]!, hashes[2 * row + 1]!];
    let slot = mixed(low, high) & last;
    while (slots[slot] !== 0) {
      const other = slots[slot]! - 1;
      if (hashes[2 * other] === low && hashes[2 * other + 1] === high) break;
      slot = (slot + 1) & last;
    }
    if (slots[slot] === 0) slots[slot] = row + 1;
    first[row] = slots[slot]! - 1;
  }
};

/** For each row the first row with the same hash (two words each), `NONE` where it has none. */
export const firstWithSame = (hashes: Uint32Array): Uint32Array => {
  const first = new Uint32Array(hashes.length / 2);
  const rows = new Uint32Array(first.length);
  const numbers = new Int32Array(first.length);
  let count = 0;
  for (let row = 0; row < first.length; row++) {
    const [low, high] = [hashes[2 * row]!, hashes[2 * row + 1]!];
    const isNone = low === 0 && high === 0;
    first[row] = isNone ? NONE : row;
    if (isNone) continue;
    rows[count] = row;
    numbers[count++] = mixed(low, high);
  }
  const shared = sieve(count)(numbers.subarray(0, count));
  pointToFirst(
    hashes,
    shared.map((place) => rows[place]!),
    first,
  );
  return first;
};
