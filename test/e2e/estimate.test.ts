/** `estimate` beside what `train` then does with the same rows and settings. */
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { Estimate } from '../../shared/contracts/estimate.ts';
import { RunReport } from '../../shared/contracts/report.ts';
import { temporary } from '../helpers/database.ts';
import { CLI, jsonLines } from '../helpers/killable.ts';
import { writeTinyBase } from '../helpers/tiny-base.ts';

const folder = temporary('estimate');
const base = writeTinyBase(join(folder, 'base'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const env = { PATH: process.env['PATH'], DROPTUNE_HOME: join(folder, 'home') };
const droptune = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args, '--json'], {
    env,
    cwd: folder,
  });
  return jsonLines(stdout).at(-1)!;
};
const write = (name: string, row: (i: number) => object): string => {
  const path = join(folder, name);
  writeFileSync(path, Array.from({ length: 40 }, (_, i) => JSON.stringify(row(i))).join('\n'));
  return path;
};
const FILES = {
  sft: write('songs.jsonl', (i) => ({
    messages: [
      { role: 'user', content: `Sing line ${i} of the river.` },
      { role: 'assistant', content: `Line ${i} is la ${i * 7} la.` },
    ],
  })),
  dpo: write('pairs.jsonl', (i) => ({
    prompt: `Sing line ${i} of the river.`,
    chosen: `Line ${i} is la ${i * 7} la.`,
    rejected: `No ${i * 3}, not today.`,
  })),
};
const SETTINGS = [
  'training.n_epochs=1',
  'training.batch_size=8',
  'training.max_length=96',
  'evaluation.max_new_tokens=4',
];
const sets = SETTINGS.flatMap((pair) => ['--set', pair]);

test.each(['sft', 'dpo'] as const)('%s: steps and tokens are those of the run', async (kind) => {
  const probe = kind === 'sft' ? ['--probe'] : [];
  const { work, offers } = Estimate.parse(
    await droptune('estimate', FILES[kind], '--base', base, ...sets, ...probe),
  );
  const out = join(folder, `out-${kind}`);
  const { report } = await droptune('train', FILES[kind], '--base', base, '--out', out, ...sets);
  const { figures } = RunReport.parse(report);
  expect(work.steps).toBe(figures['optimizer_steps']);
  expect(work.tokens.total).toBe(figures['trained_tokens']);
  expect(work.flops.train).toBe(figures['train_flops']);
  expect(Math.round(work.bytes.memory / 1e6)).toBe(figures['planned_mb']);
  expect(work.reasons).toEqual([
    expect.stringMatching(kind === 'sft' ? /^answers before training: .* tried/ : /limit of 4 tokens/),
    expect.stringMatching(/^answers after training: .* 4 tokens on average, 4 the longest/),
  ]);
  const local = offers.find(({ launcher }) => launcher === 'local')!;
  expect(local).toMatchObject({ fits: true, measured: kind === 'sft' });
  expect(local.minutes.low).toBeGreaterThan(0);
});

test('a price table that cannot be read is refused with its row and key', async () => {
  const prices = join(folder, 'prices.json');
  writeFileSync(prices, JSON.stringify([{ launcher: 'fc', name: 'x', device: 'tpu' }]));
  const run = promisify(execFile)(process.execPath, [CLI, 'estimate', FILES.sft, '--base', base], {
    env: { ...env, DROPTUNE_PRICES: prices },
  });
  await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('0.device') as string });
});
