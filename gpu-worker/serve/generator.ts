/** Text generation with a key–value cache, many rows at a time. Keys and values of each layer lie in [b, kv, S, D]
 *  arrays; S grows by steps of 64 places, and rows that have ended leave when half of them have. */
import { isBeyond } from '../models/rope.ts';
import { layOf } from '../train/batch.ts';
import { type Cache, growTo, keepRows, openCache } from './cache.ts';
import { openDecoder } from './decoder.ts';
import type { GeneratorOptions } from './options.ts';
import { openPrefill } from './prefill.ts';

export type Answer = {
  readonly tokens: readonly number[];
  /** by a stop token, which is not in `tokens` */ readonly stopped: boolean;
};
/** Chooses the next token from the logits [V] of one row. */
export type Pick = (logits: Float32Array) => number;

export type GenerateOptions = {
  readonly max_new_tokens: number;
  readonly stop: readonly number[];
  readonly pick?: Pick;
  readonly onToken?: (row: number, token: number) => void;
};

export type Generator = {
  /** One answer per prompt, in order. At most `rows` prompts run together. */
  generate(prompts: readonly Int32Array[], options: GenerateOptions): Promise<Answer[]>;
};

/** Index of the largest; the first of equals. */
export const greedy: Pick = (logits) => {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
};

const ROWS = 16;
const PLACES = 8192; // rows · cached places at most: bounds the cache's memory

/** Reads one more token of each row: the cache that has it, and the logits of the next. Where it makes the rows long ones,
 *  whose keys are turned at other frequencies, their whole texts are read anew. */
const openStep = (options: GeneratorOptions, prefill: ReturnType<typeof openPrefill>) => {
  const decoder = openDecoder(options);
  const { offset } = layOf(options.seams);
  const isLong = (places: number) => isBeyond(options.model.ropes, offset + places);
  return async (cache: Cache, tokens: readonly number[], texts: () => readonly Int32Array[]) => {
    const most = Math.max(...cache.lengths);
    if (isLong(most + 1) && !isLong(most)) {
      const fresh = openCache(options.model, cache.b);
      return { cache: fresh, logits: await prefill(texts(), fresh) };
    }
    growTo(cache, most + 1);
    return { cache, logits: await decoder(tokens, cache) };
  };
};

export const openGenerator = (options: GeneratorOptions): Generator => {
  const prefill = openPrefill(options);
  const oneMore = openStep(options, prefill);

  const runGroup = async (
    prompts: readonly Int32Array[],
    report: (row: number, token: number) => void,
    { max_new_tokens, stop, pick = greedy }: GenerateOptions,
  ): Promise<Answer[]> => {
    const answers = prompts.map(() => ({ tokens: [] as number[], stopped: false }));
    const textOf = (row: number) => Int32Array.of(...prompts[row]!, ...answers[row]!.tokens);
    let cache: Cache = openCache(options.model, prompts.length);
    let rows = prompts.map((_, i) => i); // which prompt each row of the cache answers
    let logits = await prefill(prompts, cache);
    for (let n = 0; n < max_new_tokens; n++) {
      const next = rows.map((_, i) => pick(logits(i)));
      const going = rows.flatMap((row, i) => {
        const answer = answers[row]!;
        if (answer.stopped) return [];
        if (stop.includes(next[i]!)) {
          answer.stopped = true;
          return [];
        }
        answer.tokens.push(next[i]!);
        report(row, next[i]!);
        return [i];
      });
      if (going.length === 0 || n + 1 === max_new_tokens) break;
      let tokens = next;
      if (going.length <= rows.length / 2) {
        cache = keepRows(cache, going);
        [rows, tokens] = [going.map((i) => rows[i]!), going.map((i) => next[i]!)];
      }
      ({ cache, logits } = await oneMore(cache, tokens, () => rows.map(textOf)));
    }
    return answers;
  };

  return {
    generate: async (prompts, asked) => {
      const answers: Answer[] = [];
      const order = prompts.map((_, i) => i).toSorted((a, b) => prompts[a]!.length - prompts[b]!.length);
      for (let at = 0; at < order.length;) {
        let n = 1;
        const fits = () => (n + 1) * (prompts[order[at + n]!]!.length + asked.max_new_tokens) <= PLACES;
        while (n < ROWS && at + n < order.length && fits()) n++;
        const group = order.slice(at, at + n);
        const report = (row: number, token: number) => asked.onToken?.(group[row]!, token);
        const got = await runGroup(
          group.map((i) => prompts[i]!),
          report,
          asked,
        );
        for (const [i, answer] of got.entries()) answers[group[i]!] = answer;
        at += n;
      }
      return answers;
    },
  };
};
