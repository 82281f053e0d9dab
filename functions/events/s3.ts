/** One record as S3 writes it, and those who write as S3 does.
 *  https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
import { z } from 'zod';
import { type EventSource, formDecoded, ignored, parseAs, Place, plainTag } from './source.ts';

// versions grow: fields that we do not know are none of our business
const S3Record = z.looseObject({
  eventName: z.string(),
  s3: Place,
});

const asIs = (key: string): string => key;
const decoded = (key: string): string => formDecoded(key) ?? key;

/** `eventSource` → how it encodes keys. MinIO's is Go's QueryEscape (`/` is `%2F`); Ceph's are plain, where `+` is a plus. */
const KEYS: Readonly<Record<string, (key: string) => string>> = {
  'aws:s3': decoded,
  'minio:s3': decoded,
  'ceph:s3': asIs,
};

/** Of the created kinds those after which the bytes are what they were: MinIO tells of tags and locks so. */
const SAME_BYTES = /^ObjectCreated:(?:PutTagging|DeleteTagging|PutRetention|PutLegalHold)$/;

export const s3: EventSource = {
  name: 'S3 record',
  read(payload) {
    const { eventSource } = payload;
    if (typeof eventSource !== 'string' || !Object.hasOwn(KEYS, eventSource)) return null;
    const { eventName, s3: told } = parseAs(eventSource, S3Record, payload);
    const event = eventName.replace(/^s3:/, '');
    if (!event.startsWith('ObjectCreated:') || SAME_BYTES.test(event))
      return ignored(`${event} brings no object`);
    const { key, size, eTag } = told.object;
    return [
      {
        kind: 'object',
        bucket: told.bucket.name,
        key: KEYS[eventSource]!(key),
        tag: plainTag(eTag),
        bytes: size,
      },
    ];
  },
};

/** What S3 sends to a queue or a topic when a notification is set up. */
export const s3Test: EventSource = {
  name: 'S3 test event',
  read: ({ Event }) => (Event === 's3:TestEvent' ? ignored('S3 tests its notification') : null),
};
