/** Every method as a user meets it: `train`, then `generate` and `evaluate` with the folder that it left. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { RunReport } from '../../shared/contracts/report.ts';
import { temporary } from '../helpers/database.ts';
import { CLI, jsonLines } from '../helpers/killable.ts';
import { writeTinyBase } from '../helpers/tiny-base.ts';

const folder = temporary('methods');
const base = writeTinyBase(join(folder, 'base'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const HELD_OUT = 4;
const question = (i: number) => `Sing line ${i} of the river.`;
const answers = (i: number) => [`Line ${i} is la ${i * 7} la.`, `No ${i * 3}, not today.`] as const;
const write = (name: string, make: (i: number) => object, from: number, to: number): string => {
  const lines = Array.from({ length: to - from }, (_, i) => JSON.stringify(make(from + i)));
  writeFileSync(at(name), lines.join('\n'));
  return at(name);
};
const song = (i: number) => ({
  messages: [
    { role: 'user', content: question(i) },
    { role: 'assistant', content: answers(i)[0] },
  ],
});
const pair = (i: number) => ({ prompt: question(i), chosen: answers(i)[0], rejected: answers(i)[1] });
const SONGS = [
  write('songs.jsonl', song, 0, 16),
  write('songs-held.jsonl', song, 16, 16 + HELD_OUT),
] as const;
const PAIRS = [
  write('pairs.jsonl', pair, 0, 16),
  write('pairs-held.jsonl', pair, 16, 16 + HELD_OUT),
] as const;

const env = { PATH: process.env['PATH'], DROPTUNE_HOME: at('home') };
const droptune = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args, '--json'], {
    env,
    cwd: folder,
  });
  return jsonLines(stdout).at(-1)!;
};

const QUICK = {
  'training.n_epochs': '1',
  'training.batch_size': '8',
  'training.learning_rate': '0.01',
  'training.max_length': '128',
  'training.load_best_model_at_end': 'false',
  'evaluation.max_new_tokens': '3',
  'evaluation.samples': '2',
};
const sets = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

/** What `--method` is given, settings on top, and what the folder then says of itself. */
type Case = readonly [
  name: string,
  method: string,
  settings: Readonly<Record<string, string>>,
  says: Readonly<Record<string, unknown>> | null,
  tensor: RegExp,
];
const LM_HEAD = { 'method.modules_to_save': '[lm_head]' };
const CASES: readonly Case[] = [
  ['lora', 'lora', { 'method.r': '4' }, { peft_type: 'LORA', r: 4, lora_alpha: 8 }, /lora_A\.weight/],
  ['dora', 'dora', {}, { peft_type: 'LORA', use_dora: true }, /lora_magnitude_vector/],
  ['rslora', 'rslora', {}, { peft_type: 'LORA', use_rslora: true }, /lora_B\.weight/],
  ['qlora', 'qlora', {}, { peft_type: 'LORA', use_dora: false }, /lora_A\.weight/],
  ['lora+', 'lora+', {}, { peft_type: 'LORA', use_rslora: false }, /lora_B\.weight/],
  [
    'lora with a head',
    'lora',
    LM_HEAD,
    { modules_to_save: ['lm_head'] },
    /base_model\.model\.lm_head\.weight/,
  ],
  ['oft', 'oft', { 'method.oft_block_size': '8' }, { peft_type: 'OFT', oft_block_size: 8 }, /oft_R\.weight/],
  ['ia3', 'ia3', {}, { peft_type: 'IA3' }, /ia3_l/],
  ['prefix', 'prefix', {}, { peft_type: 'PREFIX_TUNING', num_virtual_tokens: 20 }, /prompt_embeddings/],
  ['prompt', 'prompt', {}, { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 20 }, /prompt_embeddings/],
  ['bottleneck', 'bottleneck', {}, { method: 'bottleneck', activation: 'relu' }, /adapter_down\.weight/],
  ['vera', 'vera', { 'method.r': '16' }, { peft_type: 'VERA', r: 16 }, /vera_lambda_b/],
  ['full', 'full', {}, null, /model\.embed_tokens\.weight/],
  ['dpo', 'lora', { 'objective.type': 'dpo' }, { peft_type: 'LORA' }, /lora_B\.weight/],
];

const lossOf = (report: unknown): number =>
  RunReport.parse(report).arms.find(({ name }) => name === 'tuned')!.metrics['loss']!.value;
const read = (path: string) => readFileSync(path, 'latin1');
/** Names of a safetensors file, as its header holds them. */
const namesIn = (path: string): string => {
  const bytes = readFileSync(path);
  return bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString();
};

const ask = (...more: string[]) =>
  droptune('generate', ...more, '--prompt', question(16), '--max-new-tokens', '3');

describe.each(CASES)('%s', { timeout: 240_000 }, (name, method, settings, says, tensor) => {
  const [rows, held] = name === 'dpo' ? PAIRS : SONGS;
  const out = at(name);
  const adapter = join(out, 'adapter');

  test('trains, and what it leaves answers and is measured as it was when it was made', async () => {
    const into = ['--base', base, '--out', out, '--valid', held, '--method', method];
    const trained = await droptune('train', rows, ...into, ...sets({ ...QUICK, ...settings }));
    expect(trained).toMatchObject({ type: 'result', files: { adapter } });

    const weights = join(adapter, says ? 'adapter_model.safetensors' : 'model.safetensors');
    expect(namesIn(weights)).toMatch(tensor);
    if (says) {
      expect(JSON.parse(read(join(adapter, 'adapter_config.json')))).toMatchObject(says);
      expect(existsSync(join(adapter, 'model.safetensors'))).toBe(false);
    } else expect(existsSync(join(adapter, 'tokenizer.json'))).toBe(true);

    const [line] = jsonLines(read(join(out, 'predictions.jsonl')));
    const { tuned, base: before } = line!['arms'] as Record<string, { answer: string; scores: object }>;
    const said = await ask('--base', base, '--adapter', adapter);
    expect(said).toMatchObject({ type: 'done', text: tuned!.answer });
    expect(tuned!.scores).not.toEqual(before!.scores);

    const few = ['--samples', '2', '--max-new-tokens', '3'];
    const measured = await droptune('evaluate', held, '--base', base, '--adapter', adapter, ...few);
    expect(lossOf(measured['report'])).toBeCloseTo(lossOf(trained['report']), 5);
    if (!says) expect(await ask('--base', adapter)).toEqual(said);
  });
});

test('an adapter is continued from where the command is run', { timeout: 240_000 }, async () => {
  const train = (out: string, ...more: string[]) =>
    droptune(
      'train',
      SONGS[0],
      '--base',
      base,
      '--out',
      at(out),
      '--valid',
      SONGS[1],
      ...sets(QUICK),
      ...more,
    );
  const first = await train(
    'first',
    ...sets({ 'method.r': '4', 'method.target_modules': '[q_proj, v_proj]' }),
  );
  const next = await train('next', ...sets({ 'method.init_from': 'first/adapter' }));
  expect(lossOf(next['report'])).toBeLessThan(lossOf(first['report']));
  const config = JSON.parse(read(at('next/adapter/adapter_config.json'))) as unknown;
  expect(config).toMatchObject({
    r: 4,
    lora_alpha: 8,
    target_modules: ['q_proj', 'v_proj'],
    init_from: at('first/adapter'),
  });
});
