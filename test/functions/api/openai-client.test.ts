/** OpenAI's own client, as it comes from npm, over real HTTP. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import OpenAI, {
  AuthenticationError,
  BadRequestError,
  InvalidWebhookSignatureError,
  NotFoundError,
} from 'openai';
import { afterAll, describe, expect, test } from 'vitest';
import { sign } from '../../../functions/webhooks/sign.ts';
import { apiBench, KEY } from '../../helpers/api.ts';
import { faq, settle } from '../../helpers/control-plane.ts';

const b = await apiBench();
let requests: string[] = [];
const server = createAdaptorServer({
  fetch: (request: Request) => {
    requests.push(`${request.method} ${new URL(request.url).pathname}`);
    return b.app.fetch(request);
  },
}) as Server;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());

const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
const openai = new OpenAI({ apiKey: KEY, baseURL });
const SECRET = b.deps.settings.webhook_secret;
const model = 'HuggingFaceTB/SmolLM2-135M-Instruct';

const upload = () => openai.files.create({ file: new File([faq()], 'faq.jsonl'), purpose: 'fine-tune' });

describe('OpenAI’s client', () => {
  test('uploads, waits, lists, reads and deletes a file', async () => {
    const file = await upload();
    expect(await openai.files.waitForProcessing(file.id, { pollInterval: 10, maxWait: 1000 })).toMatchObject({
      status: 'processed',
      filename: 'faq.jsonl',
    });
    expect(await (await openai.files.content(file.id)).text()).toBe(faq());
    const seen: string[] = [];
    for await (const each of openai.files.list({ limit: 1 })) seen.push(each.id);
    expect(seen).toContain(file.id);
    expect(await openai.files.delete(file.id)).toMatchObject({ id: file.id, deleted: true });
    await expect(openai.files.retrieve(file.id)).rejects.toBeInstanceOf(NotFoundError);
  });

  test('makes a job and follows it to its model', async () => {
    const { id: training_file } = await upload();
    const made = await openai.fineTuning.jobs.create({
      model,
      training_file,
      suffix: 'tea/time',
      metadata: { team: 'kitchen' },
      method: { type: 'supervised', supervised: { hyperparameters: { n_epochs: 2 } } },
    });
    expect(made).toMatchObject({ status: 'validating_files', hyperparameters: { n_epochs: 2 } });
    await settle(b.deps);

    const job = await openai.fineTuning.jobs.retrieve(made.id);
    expect(job).toMatchObject({ status: 'succeeded', error: null, metadata: { team: 'kitchen' } });
    const events: string[] = [];
    for await (const event of openai.fineTuning.jobs.listEvents(made.id, { limit: 2 }))
      events.push(event.message);
    expect(events[0]).toBe('The job has successfully completed');
    expect(events.at(-1)).toBe('Created the job');
    expect(new Set(events).size).toBe(events.length);
    const checkpoints = await openai.fineTuning.jobs.checkpoints.list(made.id);
    expect(checkpoints.data[0]).toMatchObject({
      fine_tuning_job_id: made.id,
      step_number: expect.any(Number),
    });

    const filtered = await openai.fineTuning.jobs.list({ metadata: { team: 'kitchen' } });
    expect(filtered.data.map(({ id }) => id)).toEqual([made.id]);
    const without = await openai.fineTuning.jobs.list({ metadata: null });
    expect(without.data.map(({ id }) => id)).not.toContain(made.id);

    const name = job.fine_tuned_model!;
    expect(await openai.models.retrieve(name)).toMatchObject({
      id: name,
      object: 'model',
      owned_by: 'default',
    });
    expect((await openai.models.list()).data.map(({ id }) => id)).toContain(name);
    expect(await openai.models.delete(name)).toMatchObject({ id: name, deleted: true });
    await expect(openai.models.retrieve(name)).rejects.toMatchObject({ status: 404, param: 'model' });
    expect(await b.deps.storage.head(`runs/${made.id}/1/adapter/adapter_config.json`)).toBeNull();
  });

  test('pages through jobs by itself', async () => {
    const { id: training_file } = await upload();
    const made: string[] = [];
    for (let i = 0; i < 3; i++) {
      b.clock.ms += 1000;
      made.push((await openai.fineTuning.jobs.create({ model, training_file })).id);
    }
    const seen: string[] = [];
    for await (const job of openai.fineTuning.jobs.list({ limit: 1 })) seen.push(job.id);
    expect(seen.slice(0, 3)).toEqual(made.toReversed());
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('cancels once; a conflict is asked once and comes as its error class', async () => {
    const { id: training_file } = await upload();
    const { id } = await openai.fineTuning.jobs.create({ model, training_file });
    expect((await openai.fineTuning.jobs.cancel(id)).status).toBe('cancelled');
    requests = [];
    await expect(openai.fineTuning.jobs.resume(id)).rejects.toMatchObject({
      name: expect.stringMatching(/Error$/),
      status: 409,
      code: 'illegal_transition',
      type: 'invalid_request_error',
      requestID: expect.stringMatching(/^req_/),
    });
    expect(requests).toEqual([`POST /v1/fine_tuning/jobs/${id}/resume`]);
  });

  test('gets its error classes', async () => {
    await expect(openai.fineTuning.jobs.create({ model, training_file: 'file-x' })).rejects.toBeInstanceOf(
      BadRequestError,
    );
    const stranger = new OpenAI({ apiKey: 'sk-wrong', baseURL });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(AuthenticationError);
    await expect(openai.fineTuning.jobs.retrieve('ftjob-x')).rejects.toBeInstanceOf(NotFoundError);
  });

  test('a create whose answer is lost on the way makes one job', async () => {
    const { id: training_file } = await upload();
    let lost = 0;
    const clumsy = new OpenAI({
      apiKey: KEY,
      baseURL,
      async fetch(url, init) {
        const response = await fetch(url, init);
        await response.clone().arrayBuffer();
        if (lost++ === 0) throw new TypeError('the line went dead');
        return response;
      },
    });
    const before = (await openai.fineTuning.jobs.list({ limit: 100 })).data.length;
    const job = await clumsy.fineTuning.jobs.create({ model, training_file, suffix: 'once' });
    expect(lost).toBe(2);
    const after = (await openai.fineTuning.jobs.list({ limit: 100 })).data;
    expect(after).toHaveLength(before + 1);
    expect(after.map(({ id }) => id)).toContain(job.id);
  });

  test('unwraps the webhooks that we sign, and no others', async () => {
    const body = JSON.stringify({
      object: 'event',
      id: 'evt_1',
      type: 'fine_tuning.job.succeeded',
      created_at: 1,
      data: { id: 'ftjob-1' },
    });
    const headers = { ...sign(SECRET, { id: 'wd_1', at_ms: Date.now(), body }) };
    expect(await openai.webhooks.unwrap(body, headers, SECRET)).toMatchObject({
      type: 'fine_tuning.job.succeeded',
    });
    await expect(openai.webhooks.unwrap(`${body} `, headers, SECRET)).rejects.toBeInstanceOf(
      InvalidWebhookSignatureError,
    );
  });
});
