import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ResolvedMethod } from '../../../shared/contracts/method.ts';
import type { Spec } from '../../../shared/contracts/spec.ts';
import { objectUri } from '../../../shared/storage/index.ts';
import { makeRun, startWorker, type TestRun } from '../../helpers/engine-run.ts';
import { tempFolder } from '../../helpers/engine-store.ts';
import { eventsIn, lastIn } from '../../helpers/engine-view.ts';

const FILES = ['adapter_model.safetensors', 'adapter_config.json'];
const KEY = 'runs/ftjob-before/2/adapter/';

/** An engine that copies what its plan names into the folder of `$SEEN`, and fails. */
const SPY = `
  const fs = require('node:fs'), { join } = require('node:path');
  const { recipe, continues } = JSON.parse(fs.readFileSync(join(process.argv[1], 'plan.json'), 'utf8'));
  const { init_from } = recipe.method;
  if (init_from) fs.cpSync(init_from, join(process.env.SEEN, 'adapter'), { recursive: true });
  fs.writeFileSync(join(process.env.SEEN, 'seen.json'), JSON.stringify({ init_from, continues }));
  console.log(JSON.stringify({ type: 'failed', code: 'engine_failed', message: 'seen', hint: null }));
`;

const continuing = async (init_from: (run: TestRun) => string) => {
  const run = await makeRun();
  const put = async (file: string) => run.storage.write(KEY + file, Buffer.from(`the ${file}`));
  const method = ResolvedMethod.parse({ type: 'lora', r: 1, lora_alpha: 1, init_from: init_from(run) });
  const written = JSON.parse(readFileSync(join(run.storage.root, run.specKey()), 'utf8')) as Spec;
  await run.putSpec(1, { recipe: { ...written.recipe, method } });
  const seen = tempFolder();
  const start = async () => {
    const engine = [process.execPath, '-e', SPY] as const;
    await startWorker(run, { engine, env: { ...process.env, SEEN: seen } }).outcome;
    return { seen, last: await lastIn(run) };
  };
  return { run, put, start };
};
const told = (seen: string): unknown => JSON.parse(readFileSync(join(seen, 'seen.json'), 'utf8'));

test('an adapter of the store comes into the work folder, and keeps its name', async () => {
  const { run, put, start } = await continuing(({ storage }) => objectUri(storage, KEY));
  for (const file of FILES) await put(file);
  const { seen } = await start();
  for (const file of FILES) expect(readFileSync(join(seen, 'adapter', file), 'utf8')).toBe(`the ${file}`);
  const { init_from, continues } = told(seen) as Record<string, string>;
  expect(continues).toBe(objectUri(run.storage, KEY));
  expect(dirname(init_from!)).toContain(run.job);
  expect(existsSync(init_from!), 'the work folder goes when the attempt is over').toBe(false);
});

test('a folder of this machine is taken where it is', async () => {
  const folder = join(tempFolder(), 'adapter');
  mkdirSync(folder);
  const { start } = await continuing(() => folder);
  const { seen } = await start();
  expect(told(seen)).toEqual({ init_from: folder, continues: folder });
});

test('one that is gone fails the job before an engine starts, and says which file is not there', async () => {
  const { run, put, start } = await continuing(({ storage }) => objectUri(storage, KEY));
  await put(FILES[0]!);
  const { seen, last } = await start();
  expect(last).toMatchObject({
    type: 'failed',
    error: {
      code: 'not_found',
      message: `method.init_from: there is no ${FILES[1]} in ${KEY}`,
      hint: expect.stringContaining('Name another one'),
    },
  });
  expect(existsSync(join(seen, 'seen.json'))).toBe(false);
  expect((await eventsIn(run)).map(({ type }) => type)).not.toContain('checkpointed');
});
