/** Every form in which a store may tell of an object, and what is made of it. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEvents } from '../../../functions/events/index.ts';
import { notices } from '../../../functions/events/notices.ts';
import { documented, fixture, ROADS } from '../../helpers/events.ts';

const STORE = 's3://ft-datasets?region=us-east-1';
const OSS_TAG = '688a7bf4f233dc9c88a80bf985ab7329';

const dropped = (key: string, tag: string | undefined, bytes: number, or: string | null = null) => ({
  kind: 'dropped',
  object: { store: STORE, key, tag, bytes },
  or: or === null ? null : { store: STORE, key: or, tag, bytes },
});

describe('what the vendors document', () => {
  test.each([
    ['s3', dropped('inbox/acme/red flower+1 ü.jsonl', 'd41d8cd98f00b204e9800998ecf8427e', 1024)],
    [
      's3-eventbridge',
      dropped('inbox/acme/a b+1.jsonl', 'b1946ac92492d2347c6235b4d2611184', 5, 'inbox/acme/a b 1.jsonl'),
    ],
    ['minio', dropped('inbox/acme/my summer.jsonl', '5fc7298143efe1276d39a3466d4e255f-1', 84_452)],
    ['ceph', dropped('inbox/acme/my file+1 ü.jsonl', 'de62f1a3', 8)],
    ['oss', dropped('inbox/acme/a.jsonl', OSS_TAG, 122_539)],
    ['oss-of-smq', dropped('inbox/acme/a.jsonl', OSS_TAG, 122_539)],
    ['oss-eventbridge', dropped('inbox/acme/a.csv', OSS_TAG, 122_539)],
    ['s3-test', { kind: 'ignored', key: null, why: 'S3 tests its notification' }],
  ])('%s', (name, notice) => {
    expect(notices(documented[name], STORE)).toEqual([notice]);
  });

  test.each([
    ['aws_s3-event.json', 'sourcebucket', 'Happy Face.jpg', 1024],
    ['aws_s3-event-with-decoded.json', 'sourcebucket', 'Happy Face.jpg', 1024],
    ['oss_postobject_knative_sample.json', 'testjian', 'timg.jpg', 12_990],
    ['oss_putobject_serverless_devs_sample.json', 'testbucket', 'image/a.jpg', 122_539],
  ])('%s tells of an object, which is not in the inbox', (file, bucket, key, bytes) => {
    const payload = fixture(file);
    expect(readEvents(payload)).toMatchObject([{ kind: 'object', bucket, key, bytes }]);
    expect(notices(payload, `s3://${bucket}`)).toEqual([
      { kind: 'ignored', key, why: 'it is not in the inbox' },
    ]);
  });

  test.each(['aws_ses-sns-event.json', 'aws_s3-batch-job-event-request-2.0.json'])(
    '%s tells of no object',
    (file) => {
      expect(notices(fixture(file), STORE)).toEqual([
        {
          kind: 'ignored',
          key: null,
          why: expect.stringMatching(/^it is no event of a bucket: its fields are /),
        },
      ]);
    },
  );

  test.each(['aws_sqs-event.json', 'aws_sns-event.json'])('%s holds no JSON, which is said', (file) => {
    expect(() => notices(fixture(file), STORE)).toThrow(
      /^The body of an event is neither JSON nor the base64 of it: "(Message Body|Hello from SNS!)"$/,
    );
  });
});

describe('a put, on whatever road it is told of', () => {
  const names = fc.stringMatching(/^[a-zA-Z0-9 +%&=#?!'()*~_@$,;:éß数据🍵-]{1,12}$/u);
  test.each(Object.entries(ROADS))('%s', (_, road) => {
    fc.assert(
      fc.property(names, fc.nat(1e9), (name, bytes) => {
        const put = { bucket: 'ft-datasets', key: `inbox/acme/a${name}.jsonl`, etag: 'D41D8CD98F', bytes };
        const [notice, ...more] = notices(road(put), STORE);
        expect(more).toEqual([]);
        expect(notice).toMatchObject({
          kind: 'dropped',
          object: { store: STORE, key: put.key, tag: 'd41d8cd98f', bytes },
        });
      }),
      { numRuns: 50 },
    );
  });
});

const told = (bucket: string, key: string, store: string) =>
  notices(ROADS['ceph']!({ bucket, key, etag: 'e', bytes: 1 }), store)[0];

describe('the store of this service', () => {
  test('may be a part of a bucket: the prefix is no part of its keys', () => {
    const store = 's3://b/some/pr%C3%A9fix?region=eu-west-1';
    expect(told('b', 'some/préfix/inbox/acme/a.jsonl', store)).toMatchObject({
      kind: 'dropped',
      object: { store, key: 'inbox/acme/a.jsonl' },
    });
    expect(told('b', 'some/préfixed/inbox/acme/a.jsonl', store)).toMatchObject({
      kind: 'ignored',
      why: 'it is not below some/préfix/, where this service keeps its files',
    });
    expect(told('b', 'inbox/acme/a.jsonl', store)?.kind).toBe('ignored');
  });
  test.each([
    ['other', 'inbox/acme/a.jsonl', STORE, /^other is not the bucket of this service, ft-datasets$/],
    ['b', 'inbox/acme/a.jsonl', 'file:/data/b', /^this service keeps its files in file:\/data\/b$/],
    ['b', 'inbox/acme/', 'oss://b', /^it is a folder$/],
    ['b', 'inbox/acme//a.jsonl', 'oss://b', /^an empty part/],
    ['b', 'inbox/acme/../a.jsonl', 'oss://b', /^an empty part/],
    ['b', 'inbox/acme/.a.jsonl', 'oss://b', /^it is hidden or temporary$/],
    ['b', 'outbox/acme/faq/status.json', 'oss://b', /^the service has written it itself$/],
    ['b', 'runs/ftjob-1/1/spec.json', 'oss://b', /^the service has written it itself$/],
    [
      'b',
      'runs/ftjob-1/1/adapter/events/000001.event.json',
      'oss://b',
      /^the service has written it itself$/,
    ],
    ['b', 'datasets/ds_1/rows.jsonl.gz', 'oss://b', /^the service has written it itself$/],
    ['b', 'photos/a.jpg', 'oss://b', /^it is not in the inbox$/],
  ])('does not care for %s %s', (bucket, key, store, why) => {
    expect(told(bucket, key, store)).toMatchObject({ kind: 'ignored', key, why: expect.stringMatching(why) });
  });
  test('hears of the events of its runs', () => {
    expect(told('b', 'p/runs/ftjob-00/12/events/000003.event.json', 'oss://b/p')).toEqual({
      kind: 'reported',
      key: 'runs/ftjob-00/12/events/000003.event.json',
      job: 'ftjob-00',
      attempt: 12,
    });
  });
  test('takes a key for encoded where only that makes sense', () => {
    const put = { bucket: 'b', key: 'inbox%2Facme%2Fa+b.jsonl', etag: 'e', bytes: 1 };
    expect(notices(ROADS['oss']!(put), 'oss://b')).toMatchObject([
      { kind: 'dropped', object: { key: 'inbox/acme/a b.jsonl' }, or: null },
    ]);
  });
});

const s3 = (eventSource: string, eventName: string) => ({
  Records: [{ eventSource, eventName, s3: { bucket: { name: 'b' }, object: { key: 'inbox/acme/a' } } }],
});
const oss = (eventName: string) => ({
  events: [
    { eventSource: 'acs:oss', eventName, oss: { bucket: { name: 'b' }, object: { key: 'inbox/acme/a' } } },
  ],
});

describe('what brings no object', () => {
  test.each([
    s3('aws:s3', 'ObjectRemoved:Delete'),
    s3('aws:s3', 'ObjectRestore:Completed'),
    s3('aws:s3', 'ObjectTagging:Put'),
    s3('minio:s3', 's3:ObjectRemoved:Delete'),
    s3('minio:s3', 's3:ObjectCreated:PutTagging'),
    s3('minio:s3', 's3:ObjectCreated:PutLegalHold'),
    s3('ceph:s3', 'ObjectRemoved:DeleteMarkerCreated'),
    { source: 'aws.s3', 'detail-type': 'Object Deleted', detail: {} },
    oss('ObjectCreated:InitiateMultipartUpload'),
    oss('ObjectCreated:UploadPart'),
    oss('ObjectCreated:UploadPartCopy'),
    oss('ObjectCreated:PutSymlink'),
    oss('ObjectRemoved:DeleteObject'),
    {
      Type: 'SubscriptionConfirmation',
      SubscribeURL: 'https://sns.us-east-1.amazonaws.com/?x',
      Message: 'm',
    },
    { Type: 'UnsubscribeConfirmation', Message: 'm' },
    { specversion: '1.0', id: '1', source: '/x', type: 'com.example', data: { message: 'Hello World!' } },
    { specversion: '1.0', id: '1', source: '/x', type: 'com.example' },
    { Records: [{ eventSource: 'aws:dynamodb', dynamodb: {} }] },
    {},
  ])('%j', (payload) => {
    expect(notices(payload, 's3://b')).toEqual([
      { kind: 'ignored', key: null, why: expect.stringMatching(/.{20}/) },
    ]);
  });
  test('every object that was created by S3 in a way that we do not know', () => {
    expect(notices(s3('aws:s3', 'ObjectCreated:Teleport'), 's3://b')[0]?.kind).toBe('dropped');
  });
});
