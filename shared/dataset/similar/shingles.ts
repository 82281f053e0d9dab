/** Character 5-grams of a row as hashes: a measure of likeness that needs no words, so that it serves Chinese too. */
import { LEAD, type Units } from './normal.ts';
import { numberSet } from './number-set.ts';

const BASE = 0x01000193;
const LEAVING = Array.from({ length: LEAD }).reduce<number>((power) => Math.imul(power, BASE), 1);

/** The first hash, of spaces alone. */
const START = Array.from({ length: LEAD }).reduce<number>((h) => (Math.imul(h, BASE) + 32) | 0, 0);

const mix = (h: number): number => {
  const x = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return x ^ (x >>> 13);
};

export const BINS = 128;
/** More than any value of a bin: those have 25 bits. */
export const EMPTY = 0x2000000;

/** Puts every 5-gram into the bin that its hash names, where the least stays. In one loop, for it meets every character. */
export const putShingles = ({ units, length }: Units, least: Int32Array): void => {
  const [lead, last] = [LEAD, BINS - 1]; // what is imported or exported is looked up each time
  let h = START;
  for (let i = lead; i < length; i++) {
    h = (Math.imul(h, BASE) + units[i]! - Math.imul(units[i - lead]!, LEAVING)) | 0;
    const hash = mix(h);
    const bin = hash & last;
    const less = (hash >>> 7) - least[bin]!;
    least[bin]! += less & (less >> 31); // the lesser of both, without a branch that is hard to foresee
  }
};

/** Serves one call after another. */
const some = numberSet();

/** The different shingles of a row. */
export const shinglesOf = ({ units, length }: Units): Int32Array => {
  const found = new Int32Array(length - LEAD);
  some.restart(found.length);
  let kept = 0;
  let h = START;
  for (let i = LEAD; i < length; i++) {
    h = (Math.imul(h, BASE) + units[i]! - Math.imul(units[i - LEAD]!, LEAVING)) | 0;
    const hash = mix(h);
    if (some.add(hash)) found[kept++] = hash;
  }
  return found.slice(0, kept);
};

/** Jaccard: common ÷ all, of numbers that are different within each; 1 where both are empty. */
export const likeness = (a: Int32Array, b: Int32Array): number => {
  some.restart(a.length);
  for (const one of a) some.add(one);
  let common = 0;
  for (const one of b) if (some.has(one)) common += 1;
  const all = a.length + b.length - common;
  return all === 0 ? 1 : common / all;
};
