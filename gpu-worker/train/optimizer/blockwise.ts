/** Block-wise dynamic quantisation to 8 bits, https://arxiv.org/abs/2110.02861, with bitsandbytes' codes. */

export const BLOCK = 256; // values that share a scale

/** The 256 values between −1 (or 0) and 1 that a code stands for, as `bitsandbytes.functional.create_dynamic_map`:
 *  seven decades, each split more finely than the one below it. */
export const dynamicMap = (signed: boolean): Float32Array => {
  const values = [0, 1];
  for (let decade = 0; decade < 7; decade++) {
    const parts = 2 ** (signed ? decade : decade + 1);
    for (let i = 0; i < parts; i++) {
      const middle = 10 ** (decade - 6) * (0.1 + (0.9 * (i + 0.5)) / parts);
      values.push(middle);
      if (signed) values.push(-middle);
    }
  }
  return Float32Array.from(values).toSorted();
};

export type Codes = {
  readonly map: Float32Array;
  /** Codes of the nearest values (without a sign, never zero for more), of x / most for the n first values of `x`; returns `most`, their largest magnitude. */
  encode(x: Float32Array, n: number, codes: Uint8Array, at: number): number;
};

/** The first 16 bits of a float32 (sign, exponent, 7 of the mantissa) leave at most one border between two codes:
 *  a table gives the lower code, one comparison the rest. */
export const openCodes = (map: Float32Array): Codes => {
  const borders = map.map((value, i) => (i + 1 < map.length ? (value + map[i + 1]!) / 2 : Infinity));
  // a second moment of zero would make the next step divide by that step's gradient alone, and go many times too far
  if (map[0] === 0) borders[0] = 0;
  const scaled = new Float32Array(BLOCK);
  const bits = new Uint32Array(scaled.buffer);
  const lowest = new Uint8Array(65_536);
  for (let head = 0; head < lowest.length; head++) {
    bits[0] = head >= 0x8000 ? head * 65_536 + 0xffff : head * 65_536; // of negative numbers the longest is the lowest
    const code = borders.findIndex((border) => scaled[0]! <= border);
    lowest[head] = code < 0 ? 0 : code; // not a number: never asked for
  }
  return {
    map,
    encode: (x, n, codes, at) => {
      let most = 0;
      for (let i = 0; i < n; i++) most = Math.max(most, Math.abs(x[i]!));
      const by = most > 0 ? most : 1;
      for (let i = 0; i < n; i++) scaled[i] = x[i]! / by;
      for (let i = 0; i < n; i++) {
        const code = lowest[bits[i]! >>> 16]!;
        codes[at + i] = scaled[i]! > borders[code]! ? code + 1 : code;
      }
      return most;
    },
  };
};
