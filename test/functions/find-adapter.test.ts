import { beforeAll, describe, expect, test } from 'vitest';
import { ingest } from '../../functions/ingest.ts';
import type { Job } from '../../shared/contracts/job.ts';
import { Spec } from '../../shared/contracts/spec.ts';
import { findJob } from '../../shared/db/jobs.ts';
import { jsonBytes } from '../../shared/json.ts';
import { keys } from '../../shared/keys.ts';
import { objectUri } from '../../shared/storage/index.ts';
import { bench, type Bench, faq, put, readJson, settle } from '../helpers/control-plane.ts';

let b: Bench;
let first: Job;
let made = 0;

/** A job of a folder that was dropped for a project, at its end. */
const dropped = async (recipe: object, project = 'acme'): Promise<Job> => {
  made += 1;
  put(b, `n${made}/train.jsonl`, faq(40, `tea${made}`));
  const event = put(b, `n${made}/job.yaml`, JSON.stringify(recipe));
  const place = (key: string) => key.replace('inbox/acme/', `inbox/${project}/`);
  if (project !== 'acme')
    for (const name of ['train.jsonl', 'job.yaml']) {
      const key = keys.inbox('acme', `n${made}/${name}`);
      await b.deps.storage.write(place(key), (await b.deps.storage.read(key))!);
    }
  const outcome = await ingest(b.deps, { ...event, key: place(event.key) });
  if (outcome.kind !== 'job') throw new Error(JSON.stringify(outcome));
  await settle(b.deps);
  return findJob(b.deps.db, outcome.job.id);
};

beforeAll(async () => {
  b = await bench();
  first = await dropped({});
  const config = { peft_type: 'LORA', r: 4, lora_alpha: 12, target_modules: ['q_proj'] };
  await b.deps.storage.write(`${first.adapter}adapter_config.json`, jsonBytes(config));
});

describe('a job that continues an adapter of its project', () => {
  test.each([
    ['a model', () => first.model!],
    ['the key of a run', () => first.adapter!],
    ['the key without its last slash', () => first.adapter!.slice(0, -1)],
    ['its URI', () => objectUri(b.deps.storage, first.adapter!)],
  ])('names it by %s', async (_, name) => {
    const init_from = name();
    const job = await dropped({ method: { type: 'lora', init_from } });
    expect(job).toMatchObject({ status: 'succeeded', error: null });
    const method = { r: 4, lora_alpha: 12, target_modules: ['q_proj'] };
    const uri = objectUri(b.deps.storage, first.adapter!);
    const spec = Spec.parse(await readJson(b.deps.storage, keys.spec(job.id, 1)));
    expect(spec.recipe.method).toMatchObject({ ...method, init_from: uri });
    const alias = await readJson(b.deps.storage, keys.model(job.model!));
    expect(alias).toMatchObject({ id: job.model, init_from });
    expect(await readJson(b.deps.storage, keys.model(first.model!))).toMatchObject({ init_from: null });
  });

  test.each([
    ['another rank', { r: 8 }, () => first.model!, 'acme', 'has r 4, the recipe 8'],
    ['a model of nobody', {}, () => 'ft:x:acme:y:1', 'acme', 'the project acme has no model ft:x:acme:y:1'],
    ['a model of another project', {}, () => first.model!, 'other', 'the project other has no model'],
    ['a run of another project', {}, () => first.adapter!, 'other', 'the project other has no job ftjob-'],
    ['a run of nobody', {}, () => 'runs/ftjob-0/1/adapter/', 'acme', 'the project acme has no job ftjob-0'],
    ['what else is in the store', {}, () => 'files/file-1/', 'acme', 'files/file-1/ is no adapter of a job'],
    ['a way out of the store', {}, () => 'runs/../../x/1/adapter/', 'acme', 'is no adapter of a job'],
    ['a folder of the machine', {}, () => '/etc', 'acme', '/etc is no adapter of a job'],
    ['another store', {}, () => 'file:/etc/runs/a/1/adapter/', 'acme', "is not in this service's store"],
    ['a run that left none', {}, () => first.adapter!.replace('/1/', '/7/'), 'acme', 'adapter_config.json'],
  ])('is refused for %s', async (_, more, name, project, message) => {
    const job = await dropped({ method: { type: 'lora', init_from: name(), ...more } }, project);
    expect(job).toMatchObject({ status: 'failed', attempt: 0, error: { code: 'invalid_recipe' } });
    expect(job.error!.message).toContain(message);
    expect(job.error!.message).not.toContain(b.root);
  });
});
