/** The control plane's tables, for PGlite and PostgreSQL alike. Times are milliseconds since 1970. */
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { DatasetReport } from '../contracts/dataset.ts';
import type { JobEvent } from '../contracts/event.ts';
import type { Job } from '../contracts/job.ts';
import type { Topic } from '../contracts/message.ts';

const millis = (name: string) => bigint(name, { mode: 'number' });

/** Files of `/v1/files`: OpenAI's file object and the key of its bytes. */
export const files = pgTable('files', {
  id: text('id').primaryKey(),
  key: text('key').notNull(),
  filename: text('filename').notNull(),
  purpose: text('purpose').notNull(),
  bytes: bigint('bytes', { mode: 'number' }).notNull(),
  status: text('status').$type<'uploaded' | 'processed' | 'error'>().notNull(),
  status_details: text('status_details'),
  created_at_ms: millis('created_at_ms').notNull(),
});

/** What a dataset is made of: keys in the store, by role. */
export type DatasetSource = { key: string; tag: string; role: 'train' | 'valid'; filename: string };

export const datasets = pgTable(
  'datasets',
  {
    id: text('id').primaryKey(),
    project: text('project').notNull(),
    name: text('name').notNull(),
    /** sha256 over store, keys and content tags: the same drop is the same dataset */
    identity: text('identity').notNull(),
    status: text('status').$type<'pending' | 'ready' | 'rejected'>().notNull(),
    sources: jsonb('sources').$type<DatasetSource[]>().notNull(),
    report: jsonb('report').$type<DatasetReport>(),
    /** sha256 of rows.jsonl.gz, hex */
    rows_sha256: text('rows_sha256'),
    created_at_ms: millis('created_at_ms').notNull(),
  },
  (t) => [uniqueIndex('datasets_by_identity').on(t.identity)],
);

/** One row is one `Job`, column for field. */
export const jobs = pgTable(
  'jobs',
  {
    id: text('id').primaryKey(),
    project: text('project').notNull(),
    name: text('name').notNull(),
    status: text('status').$type<Job['status']>().notNull(),
    dataset: text('dataset')
      .notNull()
      .references(() => datasets.id),
    recipe: jsonb('recipe').$type<Job['recipe']>().notNull(),
    resolved: jsonb('resolved').$type<NonNullable<Job['resolved']>>(),
    request: jsonb('request').$type<NonNullable<Job['request']>>(),
    attempt: integer('attempt').notNull(),
    losses: integer('losses').notNull(),
    progress: jsonb('progress').$type<NonNullable<Job['progress']>>(),
    checkpoint: jsonb('checkpoint').$type<NonNullable<Job['checkpoint']>>(),
    adapter: text('adapter'),
    model: text('model'),
    verdict: text('verdict').$type<NonNullable<Job['verdict']>>(),
    trained_tokens: bigint('trained_tokens', { mode: 'number' }),
    error: jsonb('error').$type<NonNullable<Job['error']>>(),
    created_at_ms: millis('created_at_ms').notNull(),
    finished_at_ms: millis('finished_at_ms'),
  },
  (t) => [
    index('jobs_by_status').on(t.status),
    index('jobs_by_time').on(t.created_at_ms, t.id),
    index('jobs_by_dataset').on(t.dataset),
  ],
);

/** Append-only, in the order of `seq`: the history a user sees and the source of webhooks. */
export const job_events = pgTable(
  'job_events',
  {
    seq: bigint('seq', { mode: 'number' }).generatedAlwaysAsIdentity(),
    id: text('id').primaryKey(),
    job: text('job')
      .notNull()
      .references(() => jobs.id),
    event: jsonb('event').$type<JobEvent>().notNull(),
  },
  (t) => [index('job_events_by_job').on(t.job, t.seq)],
);

/** How far each attempt's event files were read, and the last heartbeat seen with the reader's own time. */
export const runs = pgTable(
  'runs',
  {
    job: text('job')
      .notNull()
      .references(() => jobs.id),
    attempt: integer('attempt').notNull(),
    /** what the launcher calls the machine */
    machine: text('machine'),
    events_read: integer('events_read').notNull(),
    heartbeat: text('heartbeat'),
    heartbeat_seen_ms: millis('heartbeat_seen_ms').notNull(),
    launched_at_ms: millis('launched_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.job, t.attempt] })],
);

/** Work to be done, written in the transaction that made it necessary. At least once; `id` is the idempotency key. */
export const messages = pgTable(
  'messages',
  {
    seq: bigint('seq', { mode: 'number' }).generatedAlwaysAsIdentity(),
    id: text('id').primaryKey(),
    topic: text('topic').$type<Topic>().notNull(),
    body: jsonb('body').$type<Record<string, string>>().notNull(),
    attempts: integer('attempts').notNull(),
    available_at_ms: millis('available_at_ms').notNull(),
    /** null = free; a holder that died loses it at this time */
    locked_until_ms: millis('locked_until_ms'),
    last_error: text('last_error'),
    done_at_ms: millis('done_at_ms'),
    /** given up: `last_error` says why */
    dead: boolean('dead').notNull().default(false),
  },
  (t) => [index('messages_due').on(t.done_at_ms, t.seq)],
);

export const webhook_endpoints = pgTable('webhook_endpoints', {
  id: text('id').primaryKey(),
  url: text('url').notNull(),
  /** `whsec_…`, base64 of 24 to 64 bytes */
  secret: text('secret').notNull(),
  /** webhook types that are wanted; null: succeeded, failed, cancelled, paused */
  events: jsonb('events').$type<string[]>(),
  /** null: every job; else the one job whose recipe names the url */
  job: text('job'),
  disabled_at_ms: millis('disabled_at_ms'),
  created_at_ms: millis('created_at_ms').notNull(),
});

/** One row per endpoint and event; `id` is the `webhook-id` of every try. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: text('id').primaryKey(),
    endpoint: text('endpoint')
      .notNull()
      .references(() => webhook_endpoints.id),
    event: text('event').notNull(),
    payload: text('payload').notNull(),
    status: text('status').$type<'pending' | 'delivered' | 'failed'>().notNull(),
    attempts: integer('attempts').notNull(),
    response_status: integer('response_status'),
    last_error: text('last_error'),
    created_at_ms: millis('created_at_ms').notNull(),
    delivered_at_ms: millis('delivered_at_ms'),
  },
  (t) => [uniqueIndex('deliveries_once').on(t.endpoint, t.event)],
);

/** Objects below `inbox/` that `ingest` has looked at, so that `sweep` finds those whose event was lost. */
export const inbox_objects = pgTable('inbox_objects', {
  key: text('key').primaryKey(),
  tag: text('tag').notNull(),
  /** false: `sweep` noticed it and waits for a second look, since a file may be half copied */
  ingested: boolean('ingested').notNull(),
});
