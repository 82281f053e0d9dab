import { uniformAt } from '../../shared/random.ts';
import { greedy, type Pick } from './generator.ts';

/** Draws from softmax(logits / temperature), numbers from the seed; 0 is greedy. */
export const sampler = (temperature: number, seed: number): Pick => {
  if (temperature === 0) return greedy;
  const at = uniformAt(seed, 'sample');
  let n = 0;
  return (logits) => {
    const top = logits[greedy(logits)]!;
    const shares = logits.map((x) => Math.exp((x - top) / temperature));
    let left = at(n++) * shares.reduce((sum, x) => sum + x, 0);
    const chosen = shares.findIndex((share) => (left -= share) < 0);
    return chosen < 0 ? greedy(logits) : chosen;
  };
};
