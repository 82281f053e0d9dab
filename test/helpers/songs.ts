/** A job of forty short steps on the tiny base: data, recipe, and what its curve is compared by. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jsonLines, readText } from './killable.ts';

const WORDS = 'river stone lamp window market garden winter bread silver train letter coffee'.split(' ');
export const STEPS = 40;

/** Forty chats of about 130 bytes each. */
export const songs = (): string =>
  Array.from({ length: 40 }, (_, i) => {
    const line = Array.from({ length: 8 }, (__, j) => WORDS[(i * 7 + j * ((i % 5) + 1)) % WORDS.length]);
    return JSON.stringify({
      messages: [
        { role: 'user', content: `Sing line ${i} of the ${WORDS[i % 12]}.` },
        { role: 'assistant', content: `${i}: ${line.join(' ')}.` },
      ],
    });
  }).join('\n');

/** 32 rows to learn from, four a step, five times: forty steps. */
export const recipe = (base: string): string =>
  JSON.stringify({
    base,
    method: { type: 'lora', r: 4 },
    training: {
      n_epochs: 5,
      batch_size: 4,
      learning_rate: 0.003,
      max_length: 256,
      save_steps: 5,
      eval_steps: 10,
    },
    data: { held_out: 8 },
    evaluation: { max_new_tokens: 4, samples: 2 },
  });

/** Puts files into a folder of the inbox, the recipe last, each as `mv` does. */
export const dropFolder = (bucket: string, path: string, files: Record<string, string>): void => {
  for (const [name, text] of Object.entries(files)) {
    const file = join(bucket, 'inbox', path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${bucket}.part`, text);
    renameSync(`${bucket}.part`, file);
  }
};

const MEASURED = new Set(['tokens_per_second', 'rss_mb']);

/** The lines of `metrics.jsonl` without what depends on clock and machine. */
export const curveOf = (path: string): Record<string, unknown>[] =>
  jsonLines(readText(path)).map((line) =>
    Object.fromEntries(Object.entries(line).filter(([key]) => !MEASURED.has(key))),
  );
