/** Deliveries as the clouds make them, and what wraps them on their way. */
import { readFileSync } from 'node:fs';

const at = (name: string): URL => new URL(`../fixtures/events/${name}`, import.meta.url);
export const fixtureText = (name: string): string => readFileSync(at(name), 'utf8');
export const fixture = (name: string): unknown => JSON.parse(fixtureText(name));

export const documented = fixture('documented.json') as Readonly<Record<string, unknown>>;

export type Put = {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
};

/** As `url.QueryEscape` of Go and AWS encode; AWS leaves the slashes. */
const escaped = (key: string): string =>
  encodeURIComponent(key)
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const s3Record = (source: string, eventName: string, key: string, { bucket, etag, bytes }: Put) => ({
  Records: [
    {
      eventVersion: '2.6',
      eventSource: source,
      eventName,
      s3: {
        bucket: { name: bucket },
        object: { key, size: bytes, eTag: etag, sequencer: '0055AED6DCD90281E5' },
      },
    },
  ],
});
const ossEvent = (eventName: string, { bucket, key, etag, bytes }: Put) => ({
  eventName,
  eventSource: 'acs:oss',
  eventVersion: '1.0',
  oss: { bucket: { name: bucket }, object: { key, size: bytes, deltaSize: bytes, eTag: etag.toUpperCase() } },
  responseElements: { requestId: '58F9FF2D3DF792092E12044C' },
});
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

export const sqsOf = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, i) => ({
    messageId: `m${i + 1}`,
    receiptHandle: 'r',
    body,
    attributes: { ApproximateReceiveCount: '1' },
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:drops',
  })),
});
const smqJsonOf = (message: string) => ({
  TopicOwner: '118620210433',
  Message: message,
  Subscriber: '118620210433',
  PublishTime: 1_550_216_302_888,
  SubscriptionName: 'droptune',
  MessageMD5: 'BA4BA9B48AC81F0F9C66F6C909C39DBB',
  TopicName: 'drops',
  MessageId: '2F5B3C281B283D4EAC694B742528675B',
});
const cloudEventOf = (source: string, type: string, data: unknown) => ({
  specversion: '1.0',
  id: '69B1F2',
  source,
  type,
  datacontenttype: 'application/json',
  data,
});

/** Every road on which one put may be told of: the same for one put each time. */
export const ROADS: Readonly<Record<string, (put: Put) => unknown>> = {
  s3: (put) => s3Record('aws:s3', 'ObjectCreated:Put', escaped(put.key).replaceAll('%2F', '/'), put),
  's3 → SQS': (put) => sqsOf(JSON.stringify(ROADS['s3']!(put))),
  's3 → SNS': (put) => ({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        Sns: { Type: 'Notification', Message: JSON.stringify(ROADS['s3']!(put)) },
      },
    ],
  }),
  's3 → SNS → SQS': (put) =>
    sqsOf(
      JSON.stringify({ Type: 'Notification', MessageId: 'x', Message: JSON.stringify(ROADS['s3']!(put)) }),
    ),
  's3 → EventBridge': ({ bucket, key, etag, bytes }) => ({
    version: '0',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    detail: { bucket: { name: bucket }, object: { key, size: bytes, etag }, reason: 'PutObject' },
  }),
  's3 → EventBridge → SQS': (put) => sqsOf(JSON.stringify(ROADS['s3 → EventBridge']!(put))),
  's3 → CloudEvent': (put) =>
    cloudEventOf('aws:s3.us-east-1.b', 'com.amazonaws.s3.ObjectCreated:Put', ROADS['s3']!(put)),
  minio: (put) => s3Record('minio:s3', 's3:ObjectCreated:Put', escaped(put.key), put),
  ceph: (put) => s3Record('ceph:s3', 'ObjectCreated:Put', put.key, put),
  oss: (put) => ({ events: [ossEvent('ObjectCreated:PutObject', put)] }),
  'oss → EventBridge': (put) =>
    cloudEventOf('acs.oss', 'oss:ObjectCreated:PutObject', ossEvent('ObjectCreated:PutObject', put)),
  'oss → SMQ, stream': (put) => base64(ROADS['oss']!(put)),
  'oss → SMQ, stream with attributes': (put) => ({
    body: base64(ROADS['oss']!(put)),
    attrs: { Extend: '{}' },
  }),
  'oss → SMQ, JSON': (put) => smqJsonOf(base64(ROADS['oss']!(put))),
  'oss → SMQ, JSON, plain': (put) => smqJsonOf(JSON.stringify(ROADS['oss']!(put))),
  'oss → SMQ, XML': (put) =>
    `<?xml version="1.0" encoding="utf-8"?>\n<Notification xmlns="http://mns.aliyuncs.com/doc/v1/"><TopicName>drops</TopicName><Message>${base64(ROADS['oss']!(put))}</Message><PublishTime>1</PublishTime></Notification>`,
  'oss → SMQ, XML, plain': (put) =>
    `<Notification><Message>${JSON.stringify(ROADS['oss']!(put)).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')}</Message></Notification>`,
  'oss → SMQ queue → EventBridge': (put) => [
    cloudEventOf('acs.mns', 'mns:Queue:SendMessage', {
      requestId: 'r',
      messageId: 'm',
      messageBody: base64(ROADS['oss']!(put)),
    }),
  ],
};
