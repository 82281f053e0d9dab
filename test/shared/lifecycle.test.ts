import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JobEvent, type JobEventType } from '../../shared/contracts/event.ts';
import { type Job, JobStatus } from '../../shared/contracts/job.ts';
import { ACTIVE, advance, isActive, isFinal, MAX_ATTEMPTS, openAiStatus } from '../../shared/lifecycle.ts';
import { eventsOf, job, plan, progress } from '../helpers/jobs.ts';

const STATUSES = JobStatus.options;
const TYPES = Object.keys(eventsOf(job())) as JobEventType[];
const jobIn = (status: JobStatus, over: Partial<Job> = {}) => job({ status, attempt: 1, ...over });

/** An event that fits the job: a claim begins the next attempt. */
const eventFor = (j: Job, type: JobEventType): JobEvent =>
  eventsOf(j, type === 'claimed' ? j.attempt + 1 : j.attempt)[type];

/** The machine once more, as a reader of the design would draw it: event → [from, to] pairs. */
const alive = 'starting>running running pausing cancelling';
const EXPECTED: Record<JobEventType, string> = {
  created: '',
  validated: '',
  rejected: 'validating>failed',
  queued: 'validating>queued',
  claimed: 'queued>starting',
  released: 'starting>queued pausing>paused cancelling>cancelled',
  started: alive,
  progressed: alive,
  checkpointed: `${alive} queued paused`,
  evaluated: alive,
  pause_requested: 'queued>paused starting>pausing running>pausing',
  paused: 'starting>paused running>paused pausing>paused cancelling>cancelled',
  resumed: 'paused>queued',
  cancel_requested:
    'validating>cancelled queued>cancelled starting>cancelling running>cancelling pausing>cancelling paused>cancelled',
  cancelled: 'starting>cancelled running>cancelled pausing>cancelled cancelling>cancelled',
  lost: 'starting>queued running>queued pausing>paused cancelling>cancelled',
  succeeded: 'queued starting running pausing paused cancelling'.replaceAll(/\w+/g, '$&>succeeded'),
  failed: 'validating queued starting running pausing paused cancelling'.replaceAll(/\w+/g, '$&>failed'),
};

describe('status × event', () => {
  const pairs = STATUSES.flatMap((status) => TYPES.map((type) => [status, type] as const));
  test.each(pairs)('%s × %s', (status, type) => {
    const found = EXPECTED[type].split(' ').find((pair) => pair.split('>')[0] === status);
    const before = jobIn(status);
    const after = advance(before, eventFor(before, type));
    if (found === undefined) expect(after).toBe(before);
    else expect(after.status).toBe(found.split('>')[1] ?? status);
  });
  test('every event of the contract is one of these', () => {
    for (const type of TYPES) expect(JobEvent.parse(eventFor(jobIn('running'), type)).type).toBe(type);
    expect(TYPES).toHaveLength(18);
  });
  test('a final status is one that nothing changes, and has its time', () => {
    expect(STATUSES.filter(isFinal)).toEqual(['succeeded', 'failed', 'cancelled']);
    const done = advance(jobIn('running'), eventFor(jobIn('running'), 'cancelled'));
    expect(done.finished_at_ms).toBe(5000);
    expect(advance(jobIn('running'), eventFor(jobIn('running'), 'progressed')).finished_at_ms).toBeNull();
  });
  test('a machine belongs to starting, running, pausing and cancelling', () => {
    expect(STATUSES.filter(isActive)).toEqual([...ACTIVE]);
  });
  test('OpenAI sees its own words', () => {
    expect(STATUSES.map(openAiStatus)).toEqual([
      'validating_files',
      'queued',
      'queued',
      'running',
      'running',
      'paused',
      'running',
      'succeeded',
      'failed',
      'cancelled',
    ]);
  });
});

describe('fencing', () => {
  const runEvents = TYPES.filter((type) => 'attempt' in eventsOf(job())[type]);
  test.each(runEvents)('a %s of another attempt changes nothing', (type) => {
    for (const status of STATUSES)
      for (const attempt of [0, 1, 3, 4]) {
        const before = jobIn(status, { attempt: 2 });
        if (type === 'claimed' && attempt === 3) continue;
        expect(advance(before, eventsOf(before, attempt)[type])).toBe(before);
      }
  });
  test('of two claims of one attempt the second changes nothing', () => {
    const first = advance(jobIn('queued'), eventsOf(jobIn('queued'), 2).claimed);
    expect(first).toMatchObject({ status: 'starting', attempt: 2, progress: null });
    expect(advance(first, eventsOf(first, 2).claimed)).toBe(first);
    expect(advance(first, eventsOf(first, 3).claimed)).toBe(first);
  });
});

const at = (step: number, phase: 'train' | 'evaluate_base' | 'save' = 'train') => ({
  ...progress(step),
  phase,
});

/** A running job after the event. */
const runningAfter = (type: JobEventType, from: Partial<Job> = {}) => {
  const before = jobIn('running', from);
  return advance(before, eventFor(before, type));
};

describe('what an event leaves in the job', () => {
  test('a success names adapter, tokens, verdict and model', () => {
    const done = runningAfter('succeeded', { project: 'acme', name: 'faq' });
    expect(done).toMatchObject({
      adapter: expect.stringContaining('/adapter/'),
      trained_tokens: 100,
      verdict: 'improved',
    });
    expect(done.model).toBe(`ft:SmolLM2-135M-Instruct:acme:faq:${done.id.slice(6, 14)}`);
  });
  test('a job of the API has its suffix in the model, or nothing', () => {
    const request = {
      model: 'm',
      training_file: 'f',
      validation_file: null,
      suffix: 'my: bot/2',
      metadata: null,
      method: null,
    };
    expect(runningAfter('succeeded', { request }).model).toMatch(/^ft:SmolLM2-135M-Instruct:acme:my-bot-2:/);
    expect(runningAfter('succeeded', { request: { ...request, suffix: null } }).model).toMatch(/:acme::/);
  });
  test('a model of any name fits into a file name', () => {
    const model = runningAfter('succeeded', {
      name: '第十实验小学'.repeat(30),
      recipe: { ...jobIn('queued').recipe, base: `/x/${'ü'.repeat(200)}.gguf` },
    }).model!;
    expect(Buffer.byteLength(`${encodeURIComponent(model)}.json`)).toBeLessThan(256);
  });
  test('a failure and a rejection keep their error', () => {
    expect(runningAfter('failed').error).toMatchObject({ code: 'engine_failed' });
    expect(advance(jobIn('validating'), eventFor(jobIn('validating'), 'rejected')).error).toMatchObject({
      message: 'it broke',
    });
  });
  test('the plan comes with queued', () => {
    expect(advance(jobIn('validating'), eventFor(jobIn('validating'), 'queued')).resolved).toEqual(
      plan.resolved,
    );
  });
  test('progress never goes back, within a phase or to an earlier one', () => {
    const report = (before: Job, p: ReturnType<typeof at>) =>
      advance(before, { ...eventsOf(before).progressed, progress: p });
    const job7 = report(jobIn('running'), at(7));
    expect(report(job7, at(3)).progress?.step).toBe(7);
    expect(report(job7, at(9, 'evaluate_base')).progress?.step).toBe(7);
    expect(report(job7, at(0, 'save')).progress?.phase).toBe('save');
    expect(report(job7, { ...at(7), loss: 0.5 }).progress?.loss).toBe(0.5);
  });
  test('the newest checkpoint stays', () => {
    const job5 = runningAfter('checkpointed');
    expect(job5.checkpoint).toMatchObject({ step: 5 });
    expect(advance(job5, { ...eventsOf(job5).checkpointed, step: 2, prefix: 'old' }).checkpoint?.step).toBe(
      5,
    );
  });
});

const loseAll = (n: number): Job => {
  let lost = jobIn('queued', { attempt: 0 });
  for (let i = 1; i <= n; i++) {
    lost = advance(lost, eventsOf(lost, i).claimed);
    lost = advance(lost, eventsOf(lost, i).lost);
  }
  return lost;
};

describe('lost workers', () => {
  test('two may be lost, with the third the job fails', () => {
    expect(loseAll(MAX_ATTEMPTS - 1)).toMatchObject({ status: 'queued', losses: 2, attempt: 2 });
    expect(loseAll(MAX_ATTEMPTS)).toMatchObject({
      status: 'failed',
      error: { code: 'worker_lost' },
      finished_at_ms: 5000,
    });
  });
  test('launches that failed and pauses are not losses', () => {
    const queued = jobIn('queued', { attempt: 7, losses: 1 });
    const lost = advance(advance(queued, eventsOf(queued, 8).claimed), eventsOf(queued, 8).lost);
    expect(lost).toMatchObject({ status: 'queued', losses: 2 });
  });
});

const arbitrary = (types: readonly JobEventType[]) =>
  fc.shuffledSubarray([...types, ...types], { minLength: types.length * 2, maxLength: types.length * 2 });
const fold = (start: Job, types: readonly JobEventType[]) =>
  types.reduce((j, type) => advance(j, eventsOf(start)[type]), start);

describe('any order, any number', () => {
  const reports = ['started', 'progressed', 'checkpointed', 'evaluated'] as const;

  test.each([
    ['succeeded', [...reports, 'succeeded'], 'succeeded'],
    ['failed', [...reports, 'failed'], 'failed'],
    ['success, though taken for lost', [...reports, 'lost', 'succeeded'], 'succeeded'],
    ['success, though the launch seemed to fail', [...reports, 'released', 'succeeded'], 'succeeded'],
    ['cancelled', [...reports, 'cancel_requested', 'cancelled'], 'cancelled'],
    ['cancelled by a worker that is lost', ['started', 'cancel_requested', 'lost'], 'cancelled'],
  ] as [string, JobEventType[], JobStatus][])('%s', (_, types, end) => {
    const start = jobIn('starting');
    fc.assert(fc.property(arbitrary(types), (order) => fold(start, order).status === end));
  });
  test('a final status stays, whatever comes', () => {
    const any = fc.array(
      fc.record({ type: fc.constantFrom(...TYPES), attempt: fc.integer({ min: 0, max: 4 }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(any, (events) => {
        const start = jobIn('validating', { attempt: 0 });
        let ended: Job | null = null;
        let now = start;
        for (const { type, attempt } of events) {
          now = advance(now, eventsOf(start, attempt)[type]);
          if (ended) expect(now).toBe(ended);
          else if (isFinal(now.status)) ended = now;
        }
      }),
    );
  });
  test('attempts only ever grow, by one', () => {
    const any = fc.array(
      fc.record({ type: fc.constantFrom(...TYPES), attempt: fc.integer({ min: 0, max: 4 }) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(any, (events) => {
        const start = jobIn('queued', { attempt: 0 });
        events.reduce((before, { type, attempt }) => {
          const after = advance(before, eventsOf(start, attempt)[type]);
          expect(after.attempt - before.attempt).toBe(after !== before && type === 'claimed' ? 1 : 0);
          return after;
        }, start);
      }),
    );
  });
});
