/** Sixteen-bit floats to float32, exactly. */

/** The 32 bits of a float16's value: sign, exponent rebiased from 15 to 127, fraction shifted up by 13. */
const bitsOfHalf = (half: number): number => {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f80_0000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  const shift = Math.clz32(fraction) - 21; // a subnormal: move its leading bit to where the hidden one stands
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
};

const table = (): Float32Array => {
  const bits = new Uint32Array(65_536);
  for (let half = 0; half < bits.length; half++) bits[half] = bitsOfHalf(half);
  return new Float32Array(bits.buffer);
};

let halves: Float32Array | undefined;

/** Value of each of the 65 536 float16 patterns. */
export const halfTable = (): Float32Array => (halves ??= table());

/** Float16 bit patterns → `out`, which is as long. */
export const fromFloat16 = (source: Uint16Array, out: Float32Array): void => {
  const values = halfTable();
  for (let i = 0; i < source.length; i++) out[i] = values[source[i]!]!;
};

/** Bfloat16 bit patterns, the upper halves of float32s → `out`, which is as long. */
export const fromBfloat16 = (source: Uint16Array, out: Float32Array): void => {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < source.length; i++) bits[i] = source[i]! << 16;
};
