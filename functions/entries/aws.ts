/** AWS Lambda. `api` stands behind an HTTP API of API Gateway or a function URL; `ingest` hears S3 directly or by way of
 *  SNS, SQS (with ReportBatchItemFailures) and EventBridge; `sweep` is called every minute. */
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import type { Deps } from '../deps.ts';
import { receive } from '../receive.ts';
import { cloudService, minute, work } from './service/cloud.ts';

const service = cloudService(process.env, ['s3', 'file']);

const FUNCTION_URL = /\.lambda-url\./;

/** With its path as the client has sent it: an HTTP API decodes it, the function's own URL does not. A `?` in a name is
 *  beyond help, since an HTTP API ends the path there. */
const asSent = (event: LambdaEvent): LambdaEvent => {
  if (!('rawPath' in event) || FUNCTION_URL.test(event.requestContext.domainName)) return event;
  return { ...event, rawPath: event.rawPath.split('/').map(encodeURIComponent).join('/') };
};

export const api = (event: LambdaEvent, context: LambdaContext) =>
  service.use(({ app }) => handle(app)(asSent(event), context));

type SqsRecord = { readonly eventSource: string; readonly messageId: string };

const batchOf = (event: unknown): readonly SqsRecord[] | null => {
  const { Records } = event as { Records?: readonly SqsRecord[] };
  return Array.isArray(Records) && Records[0]?.eventSource === 'aws:sqs' ? Records : null;
};

/** The ids of those messages that must come again. */
const receiveBatch = async (deps: Deps, records: readonly SqsRecord[]): Promise<string[]> => {
  const failed: string[] = [];
  for (const record of records)
    await receive(deps, record).catch((error: unknown) => {
      deps.log('error', 'A message of the queue comes again', { message_id: record.messageId, error });
      failed.push(record.messageId);
    });
  return failed;
};

export const ingest = (event: unknown) =>
  service.use(async ({ deps }) => {
    const batch = batchOf(event);
    const failed = batch ? await receiveBatch(deps, batch) : [];
    const received = batch ? [] : await receive(deps, event);
    await work(deps);
    return batch
      ? { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }
      : { received: received.map(({ key, outcome }) => ({ key, outcome: outcome.kind })) };
  });

export const sweep = () => service.use(({ deps }) => minute(deps));
