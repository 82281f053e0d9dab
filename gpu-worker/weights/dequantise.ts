/** GGML's block formats to float32. Layouts: https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h
 *  Factors d, m are float16, so every product below is exact in a double and rounds once, on its way into the array. */
import { fromBfloat16, fromFloat16, halfTable } from './half.ts';

/** `elements` values take `bytes` bytes. `dequantise` gets whole blocks. */
export type BlockFormat = {
  readonly name: string;
  readonly elements: number;
  readonly bytes: number;
  dequantise(source: Uint8Array, out: Float32Array): void;
};

type Block = (s: Uint8Array, at: number, out: Float32Array, to: number, half: Float32Array) => void;

const format = (name: string, elements: number, bytes: number, block: Block): BlockFormat => ({
  name,
  elements,
  bytes,
  dequantise(source, out) {
    const half = halfTable();
    const blocks = source.length / bytes;
    for (let b = 0; b < blocks; b++) block(source, b * bytes, out, b * elements, half);
  },
});

const u16 = (s: Uint8Array, at: number): number => s[at]! | (s[at + 1]! << 8);
const i8 = (s: Uint8Array, at: number): number => (s[at]! << 24) >> 24;

/** The bytes as sixteen-bit words; copied where they do not begin on an even address. */
const words = (s: Uint8Array): Uint16Array =>
  s.byteOffset % 2 === 0
    ? new Uint16Array(s.buffer, s.byteOffset, s.length / 2)
    : new Uint16Array(s.slice().buffer);

const f32: BlockFormat = {
  name: 'F32',
  elements: 1,
  bytes: 4,
  dequantise: (source, out) => new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(source),
};
const f16: BlockFormat = {
  name: 'F16',
  elements: 1,
  bytes: 2,
  dequantise: (source, out) => fromFloat16(words(source), out),
};
const bf16: BlockFormat = {
  name: 'BF16',
  elements: 1,
  bytes: 2,
  dequantise: (source, out) => fromBfloat16(words(source), out),
};

// y = d·(q − 8); low nibbles are values 0..15, high nibbles 16..31
const q4_0 = format('Q4_0', 32, 18, (s, at, out, to, half) => {
  const d = half[u16(s, at)]!;
  for (let j = 0; j < 16; j++) {
    const q = s[at + 2 + j]!;
    out[to + j] = d * ((q & 15) - 8);
    out[to + 16 + j] = d * ((q >> 4) - 8);
  }
});

// y = d·q + m
const q4_1 = format('Q4_1', 32, 20, (s, at, out, to, half) => {
  const d = half[u16(s, at)]!;
  const m = half[u16(s, at + 2)]!;
  for (let j = 0; j < 16; j++) {
    const q = s[at + 4 + j]!;
    out[to + j] = d * (q & 15) + m;
    out[to + 16 + j] = d * (q >> 4) + m;
  }
});

/** Bit `i` of the 32 fifth bits of a Q5_0 or Q5_1 block, moved to the value 16. */
const fifth = (s: Uint8Array, at: number, i: number): number => ((s[at + (i >> 3)]! >> (i & 7)) & 1) << 4;

// y = d·(q − 16), q of five bits
const q5_0 = format('Q5_0', 32, 22, (s, at, out, to, half) => {
  const d = half[u16(s, at)]!;
  for (let j = 0; j < 16; j++) {
    const q = s[at + 6 + j]!;
    out[to + j] = d * (((q & 15) | fifth(s, at + 2, j)) - 16);
    out[to + 16 + j] = d * (((q >> 4) | fifth(s, at + 2, j + 16)) - 16);
  }
});

// y = d·q + m, q of five bits
const q5_1 = format('Q5_1', 32, 24, (s, at, out, to, half) => {
  const d = half[u16(s, at)]!;
  const m = half[u16(s, at + 2)]!;
  for (let j = 0; j < 16; j++) {
    const q = s[at + 8 + j]!;
    out[to + j] = d * ((q & 15) | fifth(s, at + 4, j)) + m;
    out[to + 16 + j] = d * ((q >> 4) | fifth(s, at + 4, j + 16)) + m;
  }
});

const q8_0 = format('Q8_0', 32, 34, (s, at, out, to, half) => {
  const d = half[u16(s, at)]!;
  for (let j = 0; j < 32; j++) out[to + j] = d * i8(s, at + 2 + j);
});

/** Scale `j` of eight: six bits each, in twelve bytes shared with the minima. */
const scaleOf = (s: Uint8Array, at: number, j: number): number =>
  j < 4 ? s[at + j]! & 63 : (s[at + j + 4]! & 15) | ((s[at + j - 4]! >> 6) << 4);
const minimumOf = (s: Uint8Array, at: number, j: number): number =>
  j < 4 ? s[at + j + 4]! & 63 : (s[at + j + 4]! >> 4) | ((s[at + j]! >> 6) << 4);

// y = (d·scale)·q − (dmin·minimum), 8 groups of 32; a pair of groups shares 32 bytes, low nibbles first
const q4_k = format('Q4_K', 256, 144, (s, at, out, to, half) => {
  const d = half[u16(s, at)]!;
  const dmin = half[u16(s, at + 2)]!;
  for (let group = 0; group < 8; group++) {
    const scale = d * scaleOf(s, at + 4, group);
    const minimum = dmin * minimumOf(s, at + 4, group);
    const nibbles = at + 16 + (group >> 1) * 32;
    const shift = (group & 1) * 4;
    for (let j = 0; j < 32; j++)
      out[to + group * 32 + j] = scale * ((s[nibbles + j]! >> shift) & 15) - minimum;
  }
});

// as Q4_K, with bit `group` of 32 further bytes as the fifth bit
const q5_k = format('Q5_K', 256, 176, (s, at, out, to, half) => {
  const d = half[u16(s, at)]!;
  const dmin = half[u16(s, at + 2)]!;
  for (let group = 0; group < 8; group++) {
    const scale = d * scaleOf(s, at + 4, group);
    const minimum = dmin * minimumOf(s, at + 4, group);
    const nibbles = at + 48 + (group >> 1) * 32;
    const shift = (group & 1) * 4;
    for (let j = 0; j < 32; j++) {
      const high = ((s[at + 16 + j]! >> group) & 1) << 4;
      out[to + group * 32 + j] = scale * (((s[nibbles + j]! >> shift) & 15) | high) - minimum;
    }
  }
});

// y = d·scale·(q − 32): 128 bytes of low nibbles, 64 of high pairs, 16 signed scales, d; in two halves of 128 values
const q6_k = format('Q6_K', 256, 210, (s, at, out, to, half) => {
  const d = half[u16(s, at + 208)]!;
  for (let quarter = 0; quarter < 8; quarter++) {
    const [side, q] = [quarter >> 2, quarter & 3];
    const low = at + side * 64 + (q & 1) * 32;
    const high = at + 128 + side * 32;
    for (let j = 0; j < 32; j++) {
      const scale = d * i8(s, at + 192 + side * 8 + q * 2 + (j >> 4));
      const bits = ((s[low + j]! >> ((q >> 1) * 4)) & 15) | (((s[high + j]! >> (q * 2)) & 3) << 4);
      out[to + quarter * 32 + j] = scale * (bits - 32);
    }
  }
});

/** By GGML's type number, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
export const BLOCK_FORMATS: ReadonlyMap<number, BlockFormat> = new Map([
  [0, f32],
  [1, f16],
  [2, q4_0],
  [3, q4_1],
  [6, q5_0],
  [7, q5_1],
  [8, q8_0],
  [12, q4_k],
  [13, q5_k],
  [14, q6_k],
  [30, bf16],
]);
