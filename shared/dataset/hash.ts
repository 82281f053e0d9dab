/** A 64-bit hash of what is fed to it, in two words. For telling texts apart by chance, not against an adversary. */
import { codes, placeCodes } from './codes.ts';

export type Hash64 = readonly [low: number, high: number];

const finish = (a: number, b: number): number => {
  const x = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
};

/** Two rounds of multiply and xor a unit, after cyrb53 (https://github.com/bryc/code). A class, for one is made for every
 *  message: it costs no more than its two numbers. */
class Hasher {
  #a = 0xdeadbeef | 0;
  #b = 0x41c6ce57;

  /** Texts one after another differ from the same units cut elsewhere. */
  text(text: string): void {
    const from = placeCodes(text);
    const to = from + text.length;
    const all = codes();
    let [x, y] = [this.#a ^ text.length, this.#b];
    for (let i = from; i < to; i++) {
      const unit = all[i]!;
      x = Math.imul(x ^ unit, 2654435761);
      y = Math.imul(y ^ unit, 1597334677);
      x ^= x >>> 15;
    }
    this.#a = Math.imul(x ^ (x >>> 16), 2246822507) ^ (y >>> 13);
    this.#b = Math.imul(y ^ (y >>> 16), 3266489909) ^ (x >>> 13);
  }
  number(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 2246822507) ^ (this.#b >>> 13);
    this.#b = Math.imul(this.#b ^ value, 3266489909) ^ (this.#a >>> 13);
  }
  digest(): Hash64 {
    return [finish(this.#a, this.#b), finish(this.#b, this.#a)];
  }
}

export const hash64 = (): Hasher => new Hasher();

/** A 53-bit number that hash and seed decide, as good as random: ranks that do not depend on the order of rows. */
export const rankOf = ([low, high]: Hash64, seed: number): number => {
  const h = hash64();
  for (const word of [seed, low, high]) h.number(word);
  const [a, b] = h.digest();
  return (a & 0x1fffff) * 2 ** 32 + b;
};

/** Numbers of ranks in the order of these: as they are spread evenly, each is put near its place at once. */
export const byRank = (numbers: Uint32Array, ranks: Float64Array): Uint32Array => {
  const n = numbers.length;
  const share = n / 2 ** 53;
  const ends = new Uint32Array(n);
  for (let i = 0; i < n; i++) ends[Math.floor(ranks[numbers[i]!]! * share)]! += 1;
  for (let i = 1; i < n; i++) ends[i]! += ends[i - 1]!;
  const order = new Uint32Array(n);
  const inOrder = new Float64Array(n); // their ranks, which lie scattered in `ranks`
  for (let i = n - 1; i >= 0; i--) {
    const number = numbers[i]!;
    const rank = ranks[number]!;
    const to = --ends[Math.floor(rank * share)]!;
    order[to] = number;
    inOrder[to] = rank;
  }
  for (let i = 1; i < n; i++) {
    const number = order[i]!;
    const rank = inOrder[i]!;
    let to = i;
    for (; to > 0 && inOrder[to - 1]! > rank; to--) {
      order[to] = order[to - 1]!;
      inOrder[to] = inOrder[to - 1]!;
    }
    order[to] = number;
    inOrder[to] = rank;
  }
  return order;
};
