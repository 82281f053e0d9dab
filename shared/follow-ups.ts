/** What must be done because an event changed a job: written as messages in the event's own transaction. Pure. */
import type { JobEvent } from './contracts/event.ts';
import type { Job, JobStatus } from './contracts/job.ts';
import type { Message, Topic } from './contracts/message.ts';

/** A job may end or pause by several events; the hook is named by where it got to. */
const NAMED_BY_STATUS = new Set<JobStatus>(['succeeded', 'failed', 'cancelled', 'paused']);

const webhookType = (before: Job, after: Job, event: JobEvent): string =>
  `fine_tuning.job.${before.status !== after.status && NAMED_BY_STATUS.has(after.status) ? after.status : event.type}`;

/** Events that ask for work by themselves, whatever they change. */
const ASKS: { readonly [E in JobEvent['type']]?: readonly Topic[] } = {
  created: ['validate', 'publish'],
  validated: ['create_job'],
};

const topics = (before: Job, after: Job, event: JobEvent): Topic[] => {
  const moved = before.status !== after.status;
  return [
    ...(ASKS[event.type] ?? []),
    // a released job's own dispatch message is tried again, later each time
    ...(moved && after.status === 'queued' && event.type !== 'released' ? ['dispatch' as const] : []),
    ...(moved && (after.status === 'pausing' || after.status === 'cancelling') ? ['control' as const] : []),
    ...(moved || before.verdict !== after.verdict ? ['publish' as const] : []),
  ];
};

export const followUps = (before: Job, after: Job, event: JobEvent): Message[] => {
  const message = (topic: Topic, more: Message['body'] = {}): Message => ({
    id: `${topic}.${event.id}`,
    topic,
    body: { job: after.id, ...more },
  });
  const said = before !== after || event.type in ASKS;
  return [
    ...topics(before, after, event).map((topic) => message(topic)),
    ...(said ? [message('notify', { event: event.id, type: webhookType(before, after, event) })] : []),
  ];
};
