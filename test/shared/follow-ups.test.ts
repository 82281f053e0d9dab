import { describe, expect, test } from 'vitest';
import type { JobEventType } from '../../shared/contracts/event.ts';
import type { Job, JobStatus } from '../../shared/contracts/job.ts';
import { followUps } from '../../shared/follow-ups.ts';
import { advance } from '../../shared/lifecycle.ts';
import { eventsOf, job } from '../helpers/jobs.ts';

const topics = (status: JobStatus, type: JobEventType, over: Partial<Job> = {}) => {
  const before = job({ status, attempt: 1, ...over });
  const event = eventsOf(before)[type];
  return followUps(before, advance(before, event), event);
};
const named = (list: ReturnType<typeof followUps>) => list.map(({ topic }) => topic);
const hook = (list: ReturnType<typeof followUps>) => list.at(-1)?.body['type'];

describe('what follows', () => {
  test.each([
    ['validating', 'created', ['validate', 'publish', 'notify']],
    ['validating', 'validated', ['create_job', 'notify']],
    ['validating', 'queued', ['dispatch', 'publish', 'notify']],
    ['starting', 'released', ['publish', 'notify']],
    ['running', 'lost', ['dispatch', 'publish', 'notify']],
    ['paused', 'resumed', ['dispatch', 'publish', 'notify']],
    ['running', 'cancel_requested', ['control', 'publish', 'notify']],
    ['running', 'pause_requested', ['control', 'publish', 'notify']],
    ['running', 'progressed', ['notify']],
    ['running', 'evaluated', ['publish', 'notify']],
    ['succeeded', 'progressed', []],
  ] as [JobStatus, JobEventType, string[]][])('%s × %s → %j', (status, type, expected) => {
    expect(named(topics(status, type))).toEqual(expected);
  });
  test('a hook is named by where the job got to', () => {
    expect(hook(topics('running', 'lost', { losses: 2 }))).toBe('fine_tuning.job.failed');
    expect(hook(topics('validating', 'rejected'))).toBe('fine_tuning.job.failed');
    expect(hook(topics('queued', 'cancel_requested'))).toBe('fine_tuning.job.cancelled');
    expect(hook(topics('running', 'progressed'))).toBe('fine_tuning.job.progressed');
  });
  test('ids are made of the event, so that nothing is enqueued twice', () => {
    const list = topics('running', 'lost');
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
    expect(list.map(({ id }) => id)).toEqual(
      topics('running', 'lost').map(({ id }) => id.replace(/ftjob-\w+/, list[0]!.body['job']!)),
    );
  });
});
