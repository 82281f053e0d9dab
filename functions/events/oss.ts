/** One event of OSS: of its own trigger, and the data of a CloudEvent by way of EventBridge.
 *  https://www.alibabacloud.com/help/en/functioncompute/fc/oss-triggers */
import { z } from 'zod';
import { type EventSource, formDecoded, ignored, parseAs, Place, plainTag } from './source.ts';

const OssEvent = z.looseObject({
  eventName: z.string(),
  oss: Place,
});

/** Of the created kinds those after which an object is whole: `oss:ObjectCreated:*` also tells of every part. */
const WHOLE = /^ObjectCreated:(?:Put|Post|Copy|Append)Object$|^ObjectCreated:CompleteMultipartUpload$/;

export const oss: EventSource = {
  name: 'OSS event',
  read(payload) {
    if (payload['eventSource'] !== 'acs:oss') return null;
    const { eventName, oss: told } = parseAs('acs:oss', OssEvent, payload);
    const event = eventName.replace(/^oss:/, '');
    if (!WHOLE.test(event)) return ignored(`${event} brings no whole object`);
    const { key, size, eTag } = told.object;
    // nowhere is it said that keys come as they are, but the vendor's own samples take them so
    const or_key = formDecoded(key) ?? undefined;
    return [{ kind: 'object', bucket: told.bucket.name, key, or_key, tag: plainTag(eTag), bytes: size }];
  },
};
