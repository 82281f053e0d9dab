import { codes, placeCodes } from '../codes.ts';

/** A number of 32 bits for a text, never 0; `seed` is that of a text before it. */
export const hashText = (text: string, seed = 0): number => {
  const { length } = text;
  const from = placeCodes(text);
  const all = codes();
  const to = from + length;
  let h = seed ^ 0x811c9dc5 ^ length;
  let i = from;
  for (; i + 1 < to; i += 2) h = Math.imul(h ^ all[i]! ^ (all[i + 1]! << 16), 0x5bd1e995) ^ (h >>> 15);
  if (i < to) h = Math.imul(h ^ all[i]!, 0x5bd1e995) ^ (h >>> 15);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0 || 1;
};
