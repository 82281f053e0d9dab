/** Character 5-grams of a row as hashes: a measure of likeness that needs no words, so that it serves Chinese too. */
import { folded, PLAIN } from './normal.ts';

const BASE = 0x01000193;
const LEAVING = Math.imul(Math.imul(Math.imul(BASE, BASE), Math.imul(BASE, BASE)), BASE); // BASE⁵
const GAP = 32;

const mix = (h: number): number => {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
};

const START = [1, 2, 3, 4].reduce((h) => (Math.imul(h, BASE) + GAP) | 0, GAP); // of five spaces

let room = new Int32Array(65_536);

/** The hash of every 5-gram of the texts end to end, with spaces in front so that the shortest has some. The array serves
 *  the next call too. */
export const shingles = (texts: readonly string[]): Int32Array => {
  const text = folded(texts.join(' '));
  if (room.length < text.length) room = new Int32Array(2 * text.length);
  const hashes = room;
  let n = 0;
  let [c1, c2, c3, c4, c5] = [GAP, GAP, GAP, GAP, GAP]; // the last five characters, c5 the latest
  let h = START;
  for (let i = 0; i < text.length; i++) {
    const c = PLAIN[text.charCodeAt(i)]!;
    if (c === GAP && c5 === GAP) continue;
    h = (Math.imul(h, BASE) + c - Math.imul(c1, LEAVING)) | 0;
    c1 = c2;
    c2 = c3;
    c3 = c4;
    c4 = c5;
    c5 = c;
    hashes[n++] = mix(h);
  }
  return hashes.subarray(0, n);
};

/** The different shingles of a row, in ascending order. */
export const shinglesOf = (texts: readonly string[]): Int32Array => {
  const sorted = shingles(texts).toSorted();
  let kept = 0;
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[kept++] = sorted[i]!;
  return sorted.slice(0, kept);
};

/** Jaccard: common ÷ all. Both in ascending order; 1 where both are empty. */
export const likeness = (a: Int32Array, b: Int32Array): number => {
  let [i, j, common] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      common += 1;
      i += 1;
      j += 1;
    } else if (a[i]! < b[j]!) i += 1;
    else j += 1;
  }
  const all = a.length + b.length - common;
  return all === 0 ? 1 : common / all;
};
