import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBody } from '../../../functions/events/index.ts';
import { notices } from '../../../functions/events/notices.ts';
import { documented, sqsOf } from '../../helpers/events.ts';

const STORE = 's3://ft-datasets?region=us-east-1';

describe('a body that nobody sends', () => {
  test.each([
    ['', /neither JSON/],
    ['hello', /neither JSON nor the base64 of it: "hello"$/],
    ['aGVsbG8=', /neither JSON/],
    ['{"Records": [', /neither JSON/],
    ['<html><body>502</body></html>', /neither JSON/],
    ['"x"', /neither JSON/],
    ['7', /^An event is an object: "7"$/],
    ['null', /^An event is an object/],
    ['{"Records":[null]}', /^An event is an object/],
    [
      '{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put"}]}',
      /^A broken event \(aws:s3\): s3: /,
    ],
    [
      '{"Records":[{"eventSource":"ceph:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":""}}}]}',
      /^A broken event \(ceph:s3\): s3\.object\.key: /,
    ],
    ['{"source":"aws.s3","detail-type":"Object Created"}', /^A broken event \(aws\.s3\)/],
    [
      '{"events":[{"eventSource":"acs:oss","eventName":1,"oss":{}}]}',
      /^A broken event \(acs:oss\): eventName: /,
    ],
    ['{"Records":[{"eventSource":"aws:sqs"}]}', /^A broken event \(aws:sqs\)/],
    ['{"specversion":"0.3","id":"1","source":"s","type":"t"}', /only CloudEvents 1\.x are read$/],
    ['{"TopicName":"t","SubscriptionName":"s","Message":7}', /^A broken event \(SMQ\)/],
  ])('%s', (text, message) => {
    const run = () => notices(parseBody(text), STORE);
    expect(run).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringMatching(message) }),
    );
  });
  test('and envelopes without an end', () => {
    let payload: unknown = documented['s3'];
    for (let i = 0; i < 12; i++) payload = sqsOf(JSON.stringify(payload));
    expect(() => notices(payload, STORE)).toThrow(/^An event within too many others/);
  });
  test('whatever JSON it is, the answer is notices or a refusal', () => {
    const names = [
      'Records',
      'events',
      'eventSource',
      'eventName',
      's3',
      'oss',
      'bucket',
      'object',
      'key',
      'data',
    ];
    const values = fc.constantFrom(
      'aws:s3',
      'acs:oss',
      'aws:sqs',
      'aws.s3',
      '1.0',
      'ObjectCreated:Put',
      'e30=',
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        values,
        fc.jsonValue({ maxDepth: 1 }),
        tie('object'),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
      object: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 5 }),
    })).value;
    fc.assert(
      fc.property(json, (payload) => {
        try {
          notices(payload, STORE);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_request' });
        }
      }),
      { numRuns: 500 },
    );
  });
});
