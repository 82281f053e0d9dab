/** Chance that depends on a key and a value alone: the same value meets the same substitute, and nobody without the key
 *  can tell which value a substitute stands for. */
import type { PersonalType } from '../../contracts/privacy.ts';
import { hmac } from './hmac.ts';

export type Draw = {
  /** from 0 up to, not including, `n` */
  below(n: number): number;
  pick<T>(list: readonly T[]): T;
  digit(): string;
  digits(n: number): string;
  letter(): string;
};

/** What stays of a value when its writing is left aside. */
const essence = (value: string): string => value.toLowerCase().replaceAll(/[\s().\-·]/g, '');

/** A secret for one dataset, which nobody keeps. */
export const freshSecret = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

export const drawFor = (key: string, type: PersonalType, value: string): Draw => {
  // https://pracrand.sourceforge.net, sfc32: the seed is what must not be guessed
  const seed = new DataView(hmac(key, `${type}\0${essence(value)}`).buffer);
  let [a, b, c, count] = [seed.getInt32(0), seed.getInt32(4), seed.getInt32(8), seed.getInt32(12)];
  const next = (): number => {
    const word = (a + b + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    return word >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const below = (n: number): number => Math.floor((next() / 2 ** 32) * n);
  return {
    below,
    pick: (list) => list[below(list.length)]!,
    digit: () => String(below(10)),
    digits: (n) => Array.from({ length: n }, () => below(10)).join(''),
    letter: () => String.fromCharCode(65 + below(26)),
  };
};
