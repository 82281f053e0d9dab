/** S3 by way of EventBridge: other names, and keys as they are.
 *  https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
import { z } from 'zod';
import { type EventSource, formDecoded, ignored, parseAs, plainTag } from './source.ts';

const Detail = z.looseObject({
  bucket: z.looseObject({ name: z.string().min(1) }),
  object: z.looseObject({
    key: z.string().min(1),
    size: z.number().optional(),
    etag: z.string().optional(),
  }),
});

export const eventbridge: EventSource = {
  name: 'EventBridge, from S3',
  read({ source, detail, 'detail-type': type }) {
    if (source !== 'aws.s3' || type === undefined) return null;
    if (type !== 'Object Created') return ignored(`${String(type)} brings no object`);
    const { bucket, object } = parseAs('aws.s3', Detail, detail);
    const { key, etag, size } = object;
    const or_key = formDecoded(key) ?? undefined;
    return [{ kind: 'object', bucket: bucket.name, key, or_key, tag: plainTag(etag), bytes: size }];
  },
};
