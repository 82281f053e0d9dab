import { describe, expect, test } from 'vitest';
import { apiBench, BASE, createJob as create, idsOf, JOBS, upload } from '../../helpers/api.ts';
import { drain } from '../../../functions/messages.ts';
import { faq, settle, WHOLE } from '../../helpers/control-plane.ts';

await apiBench(); // a database boots in its own time, not in a test's

describe('a job', () => {
  test('is OpenAI’s object from the first moment', async () => {
    const b = await apiBench();
    b.clock.ms = 1_721_764_800_500;
    const { id: training_file } = (await upload(b, faq())).body;
    const { status, body } = await create(b, {
      training_file,
      suffix: 'shop',
      seed: 7,
      metadata: { team: 'a' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^ftjob-[0-9a-z]{20}$/),
      object: 'fine_tuning.job',
      created_at: 1_721_764_800,
      finished_at: null,
      model: BASE,
      fine_tuned_model: null,
      organization_id: 'org-droptune',
      status: 'validating_files',
      hyperparameters: { n_epochs: 'auto', batch_size: 'auto', learning_rate_multiplier: 'auto' },
      trained_tokens: null,
      training_file,
      validation_file: null,
      result_files: [],
      seed: 7,
      error: null,
      estimated_finish: null,
      integrations: [],
      metadata: { team: 'a' },
      user_provided_suffix: 'shop',
    });
  });

  test('goes its way: events newest first, checkpoints, model, report', async () => {
    const b = await apiBench();
    const { id } = (await create(b, { suffix: 'shop' })).body;
    await settle(b.deps);
    const job = (await b.ask(`${JOBS}/${id}`)).body;
    expect(job).toMatchObject({
      status: 'succeeded',
      fine_tuned_model: expect.stringMatching(/^ft:.*:shop:/),
    });
    expect(job.trained_tokens).toBeGreaterThan(0);

    const events = (await b.ask(`${JOBS}/${id}/events?limit=100`)).body;
    expect(events.data[0]).toMatchObject({
      object: 'fine_tuning.job.event',
      level: 'info',
      message: 'The job has successfully completed',
      type: 'message',
    });
    expect(events.data.at(-1)).toMatchObject({ message: 'Created the job' });
    const metrics = events.data.find((e: { type: string }) => e.type === 'metrics');
    expect(metrics.message).toMatch(/^Step \d+\/\d+: training loss=\d/);
    expect(metrics.data).toMatchObject({ step: expect.any(Number), train_loss: expect.any(Number) });

    const checkpoints = (await b.ask(`${JOBS}/${id}/checkpoints`)).body;
    expect(checkpoints).toMatchObject({
      has_more: false,
      first_id: checkpoints.data[0].id,
      last_id: checkpoints.data.at(-1).id,
    });
    expect(checkpoints.data[0]).toMatchObject({
      id: expect.stringMatching(/^ftckpt_[0-9a-z]{20}$/),
      object: 'fine_tuning.job.checkpoint',
      fine_tuning_job_id: id,
      fine_tuned_model_checkpoint: `${job.fine_tuned_model}:ckpt-step-${checkpoints.data[0].step_number}`,
    });
    const page = await b.ask(`/v1/x/jobs/${id}/report.html`);
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringContaining('sandbox'),
    ]);
    expect((await b.ask(`/v1/x/jobs/${id}/dataset`)).body).toMatchObject({
      status: 'ready',
      rows: { in: 40 },
    });
  });

  test('pages of events join without a gap or a double', async () => {
    const b = await apiBench();
    const { id } = (await create(b)).body;
    await settle(b.deps);
    const whole = idsOf(await b.ask(`${JOBS}/${id}/events?limit=100`));
    const pages: string[] = [];
    for (let after = ''; ;) {
      const page = await b.ask(`${JOBS}/${id}/events?limit=3${after}`);
      pages.push(...idsOf(page));
      if (!page.body.has_more) break;
      after = `&after=${pages.at(-1)}`;
    }
    expect(pages).toEqual(whole);
    expect(whole.length).toBeGreaterThan(6);
  });

  test('pages of checkpoints too, and an id of another job is not found', async () => {
    const twice = ['started', 'checkpointed', 'checkpointed', 'succeeded'] as const;
    const b = await apiBench([twice]);
    const { id } = (await create(b)).body;
    await settle(b.deps);
    const whole = idsOf(await b.ask(`${JOBS}/${id}/checkpoints`));
    expect(whole).toHaveLength(2);
    const first = await b.ask(`${JOBS}/${id}/checkpoints?limit=1`);
    expect(first.body.has_more).toBe(true);
    expect([
      ...idsOf(first),
      ...idsOf(await b.ask(`${JOBS}/${id}/checkpoints?limit=1&after=${whole[0]}`)),
    ]).toEqual(whole);
    expect((await b.ask(`${JOBS}/${id}/checkpoints?after=ftckpt_x`)).status).toBe(404);
  });

  test('that failed says why', async () => {
    const b = await apiBench();
    const { id: training_file } = (await upload(b, '{"nothing": 1}\n')).body;
    const { id } = (await create(b, { training_file })).body;
    await settle(b.deps);
    const { body } = await b.ask(`${JOBS}/${id}`);
    expect(body).toMatchObject({
      status: 'failed',
      finished_at: expect.any(Number),
      error: {
        code: 'invalid_training_file',
        param: 'training_file',
        message: expect.stringContaining('faq.jsonl:1'),
      },
    });
    expect((await b.ask(`${JOBS}/${id}/events`)).body.data[0]).toMatchObject({ level: 'error' });
    expect((await b.ask(`/v1/x/jobs/${id}/dataset`)).body.status).toBe('rejected');
    expect((await b.ask(`/v1/x/jobs/${id}/report`)).status).toBe(404);
  });
});

describe('the list of jobs', () => {
  test('is newest first, filtered by every metadata pair, or by having none', async () => {
    const b = await apiBench();
    const ids: string[] = [];
    for (const metadata of [{ a: '1', b: '2' }, { a: '1' }, null]) {
      b.clock.ms += 1000;
      ids.push((await create(b, { metadata })).body.id);
    }
    expect(idsOf(await b.ask(JOBS))).toEqual(ids.toReversed());
    expect(idsOf(await b.ask(`${JOBS}?metadata[a]=1`))).toEqual([ids[1], ids[0]]);
    expect(idsOf(await b.ask(`${JOBS}?metadata%5Ba%5D=1&metadata%5Bb%5D=2`))).toEqual([ids[0]]);
    expect(idsOf(await b.ask(`${JOBS}?metadata=`))).toEqual([ids[2]]);
    expect(idsOf(await b.ask(`${JOBS}?metadata=null`))).toEqual([ids[2]]);
    const page = await b.ask(`${JOBS}?limit=1&after=${ids[2]}`);
    expect([idsOf(page), page.body.has_more]).toEqual([[ids[1]], true]);
  });

  test.each(['limit=0', 'limit=101', 'limit=x', 'after='])('refuses %s', async (query) => {
    const b = await apiBench();
    expect((await b.ask(`${JOBS}?${query}`)).status).toBe(400);
  });
});

describe('cancel, pause and resume', () => {
  test('come without a body, and twice is once', async () => {
    const b = await apiBench();
    const { id } = (await create(b)).body;
    for (let i = 0; i < 2; i++) {
      const { status, body } = await b.ask(`${JOBS}/${id}/cancel`, { method: 'POST' });
      expect([status, body.status]).toEqual([200, 'cancelled']);
    }
    const events = (await b.ask(`${JOBS}/${id}/events`)).body.data;
    expect(events.filter((e: { x_event: string }) => e.x_event === 'created')).toHaveLength(1);
  });

  test('of a job that ended are a conflict that no client repeats', async () => {
    const b = await apiBench([WHOLE]);
    const { id } = (await create(b)).body;
    await settle(b.deps);
    for (const wish of ['cancel', 'pause', 'resume']) {
      const { status, body, headers } = await b.ask(`${JOBS}/${id}/${wish}`, { method: 'POST' });
      expect([status, body.error.code, headers.get('x-should-retry')]).toEqual([
        409,
        'illegal_transition',
        'false',
      ]);
    }
  });

  test('a running job pauses, says so, and goes on', async () => {
    const b = await apiBench([['started', 'checkpointed', 'paused'], WHOLE]);
    const { id } = (await create(b)).body;
    while ((await b.ask(`${JOBS}/${id}`)).body.x_status !== 'starting') {
      await drain(b.deps);
    }
    expect((await b.ask(`${JOBS}/${id}/pause`, { method: 'POST' })).body).toMatchObject({
      status: 'running',
      x_status: 'pausing',
    });
    await settle(b.deps);
    expect((await b.ask(`${JOBS}/${id}`)).body.status).toBe('paused');
    expect((await b.ask(`${JOBS}/${id}/resume`, { method: 'POST' })).body.status).toBe('queued');
    await settle(b.deps);
    expect((await b.ask(`${JOBS}/${id}`)).body).toMatchObject({ status: 'succeeded', x_attempt: 2 });
  });

  test('of nothing are not found', async () => {
    const b = await apiBench();
    for (const path of ['', '/cancel', '/pause', '/resume', '/events', '/checkpoints']) {
      const method = /^.(cancel|pause|resume)$/.test(path) ? 'POST' : 'GET';
      expect((await b.ask(`${JOBS}/ftjob-nothing${path}`, { method })).status).toBe(404);
    }
  });
});
