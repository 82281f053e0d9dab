/** Every method with every objective on two architectures: our engine trains and saves, transformers and PEFT read.
 *  Opt-in: `npm run test:peft`. A row a method, a row an objective. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadAdapter } from '../../gpu-worker/runtime/read-tuned.ts';
import { openModel } from '../../gpu-worker/runtime/open.ts';
import { layOut } from '../../gpu-worker/runtime/parameters.ts';
import { take } from '../../gpu-worker/runtime/tensors.ts';
import { openCache } from '../../gpu-worker/serve/cache.ts';
import { openPrefill } from '../../gpu-worker/serve/prefill.ts';
import { type Answer, askPeft, largestDifference, PYTHON } from '../helpers/peft.ts';
import { writeTinyBase } from '../helpers/tiny-base.ts';
import { writeTinyQwen3 } from '../helpers/tiny-qwen3.ts';

const CLI = join(import.meta.dirname, '../../dist/functions/entries/cli.js');
const PROMPTS = [
  [1, 60, 70, 80],
  [5, 100, 101, 102, 103, 104, 105, 7, 8],
  [1, 200, 33, 33, 90, 91, 14],
];
const LOGITS = 1e-4;
const AT_ONCE = 2;

/** As a recipe says it, and the learning rate that suits it. */
const METHODS = {
  lora: [{ type: 'lora', r: 4, lora_alpha: 8 }, 1e-2],
  rslora: [
    { type: 'lora', r: 4, lora_alpha: 4, use_rslora: true, target_modules: ['q_proj', 'up_proj'] },
    1e-2,
  ],
  'lora with patterns and a bias': [
    {
      type: 'lora',
      r: 4,
      lora_alpha: 8,
      rank_pattern: { q_proj: 6 },
      alpha_pattern: { v_proj: 3 },
      lora_bias: true,
    },
    1e-2,
  ],
  'lora with the embedding': [
    { type: 'lora', r: 2, lora_alpha: 4, modules_to_save: ['embed_tokens'], loraplus_lr_ratio: 4 },
    5e-3,
  ],
  dora: [{ type: 'lora', r: 4, lora_alpha: 8, use_dora: true }, 1e-2],
  oft: [{ type: 'oft', oft_block_size: 4 }, 1e-2],
  ia3: [{ type: 'ia3' }, 3e-2],
  prefix: [{ type: 'prefix', num_virtual_tokens: 4 }, 3e-2],
  prompt: [{ type: 'prompt', num_virtual_tokens: 4 }, 3e-2],
  vera: [{ type: 'vera', r: 8 }, 3e-2],
  bottleneck: [{ type: 'bottleneck', bottleneck_size: 6, target_modules: ['self_attn', 'mlp'] }, 1e-2],
  full: [{ type: 'full' }, 3e-3],
} as const;

const WORDS = 'cat dog sun hat red map ice owl sea cup fox ant bee cow hen pig rat yak elm oak'.split(' ');
const pairs = WORDS.flatMap((a, i) => [`${a} ${WORDS[(i + 7) % WORDS.length]!}`, a]);
const good = (text: string): string => `${text} ${text}`;
const bad = (text: string): string => `no ${text.length}`;
const chat = (text: string) => ({
  messages: [
    { role: 'user', content: text },
    { role: 'assistant', content: good(text) },
  ],
});
const preference = (text: string) => ({ prompt: text, chosen: good(text), rejected: bad(text) });

const OBJECTIVES = {
  sft: [{ type: 'sft' }, chat],
  text: [{ type: 'text' }, (text: string) => ({ text: `once there was a ${text} and a ${good(text)}.` })],
  dpo: [{ type: 'dpo', beta: 0.1 }, preference],
  orpo: [{ type: 'orpo', beta: 0.1 }, preference],
  kto: [
    { type: 'kto', beta: 0.1 },
    (text: string, i: number) => ({
      prompt: text,
      completion: i % 2 ? bad(text) : good(text),
      label: i % 2 === 0,
    }),
  ],
  simpo: [{ type: 'simpo', beta: 2, gamma: 0.5 }, preference],
} as const;

const TRAINING = {
  n_epochs: 3,
  batch_size: 8,
  // the first step has the rate 0, so that the first evaluation is the base's
  warmup_ratio: 0.1,
  eval_steps: 1,
  lr_scheduler_type: 'cosine',
  max_length: 128,
};

type Case = {
  readonly name: string;
  readonly base: string;
  readonly method: string;
  readonly objective: string;
};
const CASES = ['llama', 'qwen3'].flatMap((base) =>
  Object.keys(METHODS).flatMap((method) =>
    Object.keys(OBJECTIVES).map((objective): Case => ({
      name: `${method}, ${objective}, ${base}`,
      base,
      method,
      objective,
    })),
  ),
);
const ONLY = process.env['MATRIX_ONLY'];
const asked = CASES.filter(({ name }) => !ONLY || name.includes(ONLY));

/** `failed`: what the command said; a case that cannot be trained must not hide the others. */
type Trained = { readonly losses: readonly number[]; readonly adapter: string; readonly failed?: string };

describe.skipIf(!PYTHON)('method × objective × architecture (skipped without DROPTUNE_TEST_PYTHON)', () => {
  const work = mkdtempSync(join(tmpdir(), 'matrix-'));
  const bases = { llama: join(work, 'llama'), qwen3: join(work, 'qwen3') } as Record<string, string>;
  const trained = new Map<string, Trained>();
  const answers = new Map<string, Answer>();

  const train = async ({ name, base, method, objective }: Case): Promise<Trained> => {
    const folder = join(work, name);
    mkdirSync(folder);
    const [how, learning_rate] = METHODS[method as keyof typeof METHODS];
    const [what] = OBJECTIVES[objective as keyof typeof OBJECTIVES];
    const recipe = {
      method: how,
      objective: what,
      training: { ...TRAINING, learning_rate },
      evaluation: { enabled: false },
    };
    writeFileSync(join(folder, 'job.yaml'), JSON.stringify(recipe));
    const rows = (part: string) => join(work, `${objective}.${part}.jsonl`);
    const args = ['train', rows('train'), '--valid', rows('valid'), '--base', bases[base]!];
    const out = join(folder, 'out');
    const command = [CLI, ...args, '--recipe', join(folder, 'job.yaml'), '--out', out];
    const adapter = join(out, 'adapter');
    try {
      await promisify(execFile)(process.execPath, command);
    } catch (error) {
      return { losses: [], adapter, failed: (error as Error).message };
    }
    const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trim().split('\n');
    const losses = lines.flatMap((line) => (JSON.parse(line) as { eval_loss?: number }).eval_loss ?? []);
    return { losses, adapter };
  };

  const question = ({ base, method }: Case, { adapter }: Trained) =>
    method === 'full'
      ? { base: adapter, adapter: null, prompts: PROMPTS }
      : { base: bases[base]!, adapter, prompts: PROMPTS };

  beforeAll(async () => {
    writeTinyBase(bases['llama']!);
    writeTinyQwen3(bases['qwen3']!);
    for (const [objective, [, row]] of Object.entries(OBJECTIVES))
      for (const [part, texts] of [
        ['train', pairs.slice(8, 32)],
        ['valid', pairs.slice(0, 8)],
      ] as const) {
        const lines = texts.map((text, i) => `${JSON.stringify(row(text, i))}\n`);
        writeFileSync(join(work, `${objective}.${part}.jsonl`), lines.join(''));
      }
    const queue = [...asked];
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) trained.set(next.name, await train(next));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const done = asked.filter(({ name }) => !trained.get(name)!.failed);
    const said = askPeft(done.map((c) => question(c, trained.get(c.name)!)));
    for (const [i, { name }] of done.entries()) answers.set(name, said[i]!);
  }, 3_600_000);
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  const ours = async ({ base, method }: Case, { adapter }: Trained): Promise<Float32Array[]> => {
    const open = await openModel(method === 'full' ? adapter : bases[base]!, 1);
    try {
      const { seams, tensors } =
        method === 'full' ? { seams: {}, tensors: new Map() } : loadAdapter(adapter, open.model);
      const parameters = layOut(open.model, seams);
      take(parameters, tensors);
      const prefill = openPrefill({ ...open, seams, parameters });
      const rows: Float32Array[] = [];
      for (const prompt of PROMPTS)
        rows.push((await prefill([Int32Array.from(prompt)], openCache(open.model, 1)))(0).slice());
      return rows;
    } finally {
      await open.close();
    }
  };

  test.each(asked)(
    '$name: validation loss falls, and PyTorch reads what was saved to the same logits',
    async (c) => {
      const run = trained.get(c.name)!;
      expect(run.failed).toBeUndefined();
      expect(run.losses.length).toBeGreaterThan(6);
      expect(run.losses.at(-1)).toBeLessThan(run.losses[0]!);

      const { missing, unexpected, logits } = answers.get(c.name)!;
      expect({ missing, unexpected }).toEqual({ missing: [], unexpected: [] });
      const mine = await ours(c, run);
      const most = Math.max(...mine.map((row, i) => largestDifference(row, logits[i]!)));
      expect(most).toBeLessThan(LOGITS);
    },
  );
});
