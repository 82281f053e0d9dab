/** SHA-256 and HMAC (FIPS 180-4, RFC 2104) of short texts, the same in every place and without a wait. */

const primes = (n: number): readonly number[] => {
  const found: number[] = [];
  for (let i = 2; found.length < n; i++) if (found.every((p) => i % p !== 0)) found.push(i);
  return found;
};
const fraction = (x: number): number => Math.floor((x - Math.floor(x)) * 2 ** 32);

const START = primes(8).map((p) => fraction(Math.sqrt(p)) | 0);
const ROUND = primes(64).map((p) => fraction(Math.cbrt(p)) | 0);

const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

const absorb = (state: Int32Array, words: Int32Array): void => {
  for (let t = 16; t < 64; t++) {
    const [a, b] = [words[t - 15]!, words[t - 2]!];
    const low = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
    const high = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
    words[t] = words[t - 16]! + low + words[t - 7]! + high;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let t = 0; t < 64; t++) {
    const choose = (e & f) ^ (~e & g);
    const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choose + ROUND[t]! + words[t]!) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i]! += value;
};

export const sha256 = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const length = Math.ceil((bytes.length + 9) / 64) * 64;
  const padded = new Uint8Array(length);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(length - 4, bytes.length << 3);
  const state = Int32Array.from(START);
  const words = new Int32Array(64);
  for (let at = 0; at < length; at += 64) {
    for (let t = 0; t < 16; t++) words[t] = view.getInt32(at + 4 * t);
    absorb(state, words);
  }
  const digest = new Uint8Array(32);
  for (const [i, word] of state.entries()) new DataView(digest.buffer).setInt32(4 * i, word);
  return digest;
};

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
};

export const hmac = (key: string, text: string): Uint8Array<ArrayBuffer> => {
  const encoder = new TextEncoder();
  const given = encoder.encode(key);
  const block = new Uint8Array(64);
  block.set(given.length > 64 ? sha256(given) : given);
  const padded = (by: number): Uint8Array => block.map((byte) => byte ^ by);
  return sha256(joined(padded(0x5c), sha256(joined(padded(0x36), encoder.encode(text)))));
};
