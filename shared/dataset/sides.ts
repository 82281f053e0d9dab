/** Train or test: what must stay together, what is spread evenly, and so the fate of every row that is left. */
import type { Recipe } from '../contracts/recipe.ts';
import type { Facts } from './checks/check.ts';
import { rankOf } from './hash.ts';
import { union, type Union } from './similar/union.ts';
import { chooseHeldOut, type Splittable } from './split.ts';
import type { Table } from './table.ts';

const MOST_LABELS = 50;
const ROWS_PER_LABEL = 5;

type Key = (facts: Facts) => number | null;

/** How often each number is a row's key. */
const countKeys = (rows: Table, open: Uint32Array, key: Key): Uint32Array => {
  const counts = new Uint32Array(rows.length);
  for (const row of open) {
    const k = key(rows.at(row));
    if (k !== null) counts[k]! += 1;
  }
  return counts;
};

/** Joins the open rows that share a key, unless more than `most` do: then it tells nothing apart. */
const joinSame = (groups: Union, rows: Table, open: Uint32Array, key: Key, most: number): void => {
  const counts = most < open.length ? countKeys(rows, open, key) : null;
  const first = new Int32Array(rows.length).fill(-1);
  for (const [i, row] of open.entries()) {
    const k = key(rows.at(row));
    if (k === null || (counts && counts[k]! > most)) continue;
    if (first[k]! < 0) first[k] = i;
    else groups.join(first[k]!, i);
  }
};

/** What somebody said of the answers, or the answer itself where few different ones are given again and again. */
const strataOf = (rows: Table, open: Uint32Array): ((i: number) => number) => {
  const counts = countKeys(rows, open, ({ answer }) => answer);
  let distinct = 0;
  for (const count of counts) if (count > 0) distinct += 1;
  const labels = distinct <= Math.min(MOST_LABELS, open.length / ROWS_PER_LABEL);
  return (i) => {
    const { labels: said, answer } = rows.at(open[i]!);
    if (said.length === 1) return said[0] ? 1 : 2;
    return labels && answer !== null ? 3 + answer : 0;
  };
};

const splittable = (rows: Table, open: Uint32Array, seed: number): Splittable => {
  const groups = union(open.length);
  joinSame(groups, rows, open, ({ family }) => family, Infinity);
  joinSame(groups, rows, open, ({ opening }) => opening, open.length / 3);
  return {
    length: open.length,
    rank: (i) => rankOf(rows.hash(open[i]!), seed),
    group: (i) => groups.of(i),
    stratum: strataOf(rows, open),
  };
};

/** Gives every row its fate: what the checks decided, else valid files are the test; without any, rows of the train files
 *  are. */
export const settle = (rows: Table, data: Recipe['data'], seed: number): void => {
  let given = false;
  const trainable: number[] = [];
  for (const { row, role, fate } of rows) {
    if (role === 'valid') given = true;
    else if (fate === null) trainable.push(row);
  }
  const open = Uint32Array.from(given ? [] : trainable);
  const chosen = chooseHeldOut(splittable(rows, open, seed), data.held_out);
  for (const [i, row] of open.entries()) if (chosen[i] === 1) rows.decide(row, 'held_out', null);
  for (const { row, role, fate } of rows)
    if (fate === null) rows.decide(row, role === 'valid' ? 'held_out' : 'train', null);
};
