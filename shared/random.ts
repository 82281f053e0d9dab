/** Random numbers that depend on a seed, a name and a counter alone: no state to carry through a checkpoint. */

const mix = (h: number): number => {
  let x = h;
  x = Math.imul(x ^ (x >>> 16), 2246822519);
  x = Math.imul(x ^ (x >>> 13), 3266489917);
  return (x ^ (x >>> 16)) >>> 0;
};

/** FNV-1a, 32 bits. */
const hashText = (text: string): number => {
  let h = 2166136261;
  for (const c of text) h = Math.imul(h ^ c.codePointAt(0)!, 16777619);
  return h >>> 0;
};

/** The i-th number of the stream (seed, name): uniform in [0, 1), 24 bits. */
export const uniformAt = (seed: number, name: string): ((i: number) => number) => {
  const start = mix(seed ^ hashText(name));
  return (i) => (mix((Math.imul(i, 2654435761) + start) >>> 0) >>> 8) / 2 ** 24;
};

/** 0 … n−1 in an order that seed and name decide (Fisher and Yates). */
export const permutation = (n: number, seed: number, name: string): number[] => {
  const order = Array.from({ length: n }, (_, i) => i);
  const at = uniformAt(seed, name);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(at(i) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
};
