import { codes, placeCodes } from '../codes.ts';

/** A number of 32 bits for a text, never 0; `seed` is that of a text before it. */
export const hashText = (text: string, seed = 0): number => {
  const { length } = text;
  const from = placeCodes(text);
  const all = codes();
  let h = seed ^ 0x811c9dc5 ^ length;
  for (let i = 0; i < length; i++) h = Math.imul(h ^ all[from + i]!, 0x5bd1e995) ^ (h >>> 15);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0 || 1;
};
