/** Matrices in blocks of 8 and 4 bits, and what channels are multiplied by before. Pure. A matrix is row-major. */

/** Blocks of 64 of the flat matrix, the last one filled up with zeros: value[i] = level(codes[i])·scales[i / 64]. */
export type Blocks<C extends Int8Array | Uint8Array> = { readonly codes: C; readonly scales: Float32Array };

export const BLOCK = 64;
const LARGEST = 127;

/** [n, k] → [k, n] */
export const transposed = (matrix: Float32Array, n: number, k: number): Float32Array<ArrayBuffer> => {
  const out = new Float32Array(matrix.length);
  for (let i = 0; i < n; i++) for (let j = 0; j < k; j++) out[j * n + i] = matrix[i * k + j]!;
  return out;
};

/** Of what lies within ±128: as Math.round, which takes four times as long. */
const round = (x: number): number => ((x + 128.5) | 0) - 128;

const eachBlock = (
  matrix: Float32Array,
  scale: (top: number) => number,
  code: (i: number, x: number) => void,
) => {
  const scales = new Float32Array(Math.ceil(matrix.length / BLOCK));
  for (let b = 0; b < scales.length; b++) {
    const end = Math.min(matrix.length, (b + 1) * BLOCK);
    let top = 0;
    for (let i = b * BLOCK; i < end; i++) {
      const size = Math.abs(matrix[i]!);
      if (size > top) top = size;
    }
    scales[b] = scale(top) || 1;
    for (let i = b * BLOCK; i < end; i++) code(i, matrix[i]! / scales[b]!);
  }
  return scales;
};

export const blocks8 = (matrix: Float32Array): Blocks<Int8Array> => {
  const codes = new Int8Array(Math.ceil(matrix.length / BLOCK) * BLOCK);
  const scales = eachBlock(
    matrix,
    (top) => top / LARGEST,
    (i, x) => (codes[i] = round(x)),
  );
  return { codes, scales };
};

/** The sixteen levels of NF4 (QLoRA, https://arxiv.org/abs/2305.14314, appendix E). */
export const NF4 = Float32Array.of(
  -1,
  -0.6961928009986877,
  -0.5250730514526367,
  -0.39491748809814453,
  -0.28444138169288635,
  -0.18477343022823334,
  -0.09105003625154495,
  0,
  0.07958029955625534,
  0.16093020141124725,
  0.24611230194568634,
  0.33791524171829224,
  0.44070982933044434,
  0.5626170039176941,
  0.7229568362236023,
  1,
);
const ZERO = 7;
const MIDDLES = Float32Array.from({ length: 15 }, (_, i) => (NF4[i]! + NF4[i + 1]!) / 2);

const nearest = (x: number): number => {
  let level = 0;
  for (let step = 8; step > 0; step >>= 1) if (x > MIDDLES[level + step - 1]!) level += step;
  return level;
};

/** Two levels a byte, the first one high, as bitsandbytes packs them. */
export const blocks4 = (matrix: Float32Array): Blocks<Uint8Array> => {
  const codes = new Uint8Array((Math.ceil(matrix.length / BLOCK) * BLOCK) / 2).fill((ZERO << 4) | ZERO);
  const scales = eachBlock(
    matrix,
    (top) => top,
    (i, x) => {
      const [shift, other] = i % 2 === 0 ? [4, 0x0f] : [0, 0xf0];
      codes[i >> 1] = (codes[i >> 1]! & other) | (nearest(x) << shift);
    },
  );
  return { codes, scales };
};

/** Stands in for zero where a logarithm is taken. */
const floor = (values: Float32Array): number => 1e-6 * values.reduce((a, b) => Math.max(a, b), 1e-30);

/** Row factors that let activations and weights share the trouble of large channels, https://arxiv.org/abs/2211.10438:
 *  tᵃ / w¹⁻ᵃ with t the largest activation of a channel and w the largest weight it meets; geometric mean 1. */
export const migration = (activations: Float32Array, weights: Float32Array, alpha: number): Float32Array => {
  const [least, lightest] = [floor(activations), floor(weights)];
  const logs = Float64Array.from(
    activations,
    (t, i) => alpha * Math.log(Math.max(t, least)) - (1 - alpha) * Math.log(Math.max(weights[i]!, lightest)),
  );
  const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
  return Float32Array.from(logs, (x) => Math.exp(x - mean));
};
