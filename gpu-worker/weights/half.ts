/** Sixteen-bit floats to float32, exactly; and float32 to the nearest of them. */

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

const SMALLEST_NORMAL = 0x3880_0000; // 2⁻¹⁴
const TOO_LARGE = 0x477f_f000; // 65520: from here on the nearest half is infinity

/** The nearest float16's bits, of two as near the even one: magnitude in `bits`, a float32's without its sign. */
const roundToHalf = (bits: number, magnitude: number): number => {
  if (bits > 0x7f80_0000) return 0x7e00;
  if (bits >= TOO_LARGE) return 0x7c00;
  if (bits >= SMALLEST_NORMAL) return (bits + 0xfff + ((bits >>> 13) & 1) - 0x3800_0000) >>> 13;
  const units = magnitude * 2 ** 24; // subnormals count in 2⁻²⁴
  const below = Math.floor(units);
  const rest = units - below;
  return below + (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? 1 : 0);
};

export const toFloat16 = (source: Float32Array): Uint16Array => {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  return Uint16Array.from(
    bits,
    (x, i) => ((x >>> 16) & 0x8000) | roundToHalf(x & 0x7fff_ffff, Math.abs(source[i]!)),
  );
};
