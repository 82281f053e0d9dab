/** A job of forty short steps on the tiny base: data, recipe, and what its curve is compared by. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { jsonLines, readText } from './killable.ts';

const WORDS = 'river stone lamp window market garden winter bread silver train letter coffee'.split(' ');
export const STEPS = 40;

const verse = (i: number): string =>
  Array.from({ length: 8 }, (_, j) => WORDS[(i * 7 + j * ((i % 5) + 1)) % WORDS.length]).join(' ');
const rows = (row: (prompt: string, answer: string, i: number) => object): string =>
  Array.from({ length: 40 }, (_, i) =>
    JSON.stringify(row(`Sing line ${i} of the ${WORDS[i % 12]}.`, `${i}: ${verse(i)}.`, i)),
  ).join('\n');

/** Forty chats of about 130 bytes each. */
export const songs = (): string =>
  rows((prompt, answer) => ({
    messages: [
      { role: 'user', content: prompt },
      { role: 'assistant', content: answer },
    ],
  }));

/** The same for each objective: a better and a worse answer, or one that is labelled. */
export const songsFor = {
  sft: songs,
  dpo: () => rows((prompt, chosen, i) => ({ prompt, chosen, rejected: `${i}: ${verse(i + 3)}` })),
  kto: () => rows((prompt, completion, i) => ({ prompt, completion, label: i % 3 !== 0 })),
} as const;

/** 32 rows to learn from, four a step, five times: forty steps. */
export const recipe = (base: string, objective: keyof typeof songsFor = 'sft'): string =>
  JSON.stringify({
    base,
    objective: { type: objective },
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
