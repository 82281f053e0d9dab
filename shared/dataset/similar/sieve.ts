/** Which numbers of a list stand in it more than once. */

const FACTORS = [0x2c1b3c6d, 0x297a2d39] as const;

/** For lists of at most `most` numbers. Gives the places of the numbers that may stand elsewhere too, in order: all that do,
 *  and hardly any other. A bit a number stays in the processor's cache, where the number itself would not, and the few
 *  that fell together by chance part when they are looked at once more. The array serves the next call too. */
export const sieve = (most: number): ((numbers: Int32Array) => Uint32Array) => {
  const power = Math.max(5, Math.ceil(Math.log2(4 * most + 1)));
  const shift = 32 - power;
  const once = new Int32Array(2 ** (power - 5));
  const twice = new Int32Array(once.length);
  const places = new Uint32Array(most);
  /** Leaves of the first `count` places those whose numbers share a bit. */
  const sift = (numbers: Int32Array, count: number, factor: number): number => {
    once.fill(0);
    twice.fill(0);
    for (let i = 0; i < count; i++) {
      const number = numbers[places[i]!]!;
      const bit = Math.imul(number ^ (number >>> 15), factor) >>> shift;
      const before = once[bit >>> 5]!;
      twice[bit >>> 5]! |= before & (1 << bit);
      once[bit >>> 5] = before | (1 << bit);
    }
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const number = numbers[places[i]!]!;
      const bit = Math.imul(number ^ (number >>> 15), factor) >>> shift;
      places[kept] = places[i]!;
      kept += (twice[bit >>> 5]! >>> bit) & 1;
    }
    return kept;
  };
  return (numbers) => {
    let count = numbers.length;
    for (let i = 0; i < count; i++) places[i] = i;
    for (const factor of FACTORS) count = sift(numbers, count, factor);
    return places.subarray(0, count);
  };
};
