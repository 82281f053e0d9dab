/** CloudEvents 1.0: https://github.com/cloudevents/spec. What is told of an object is in `data`, as its own source writes it. */
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { type EventSource, type Fields, inner, parseAs } from './source.ts';

const CloudEvent = z.looseObject({
  specversion: z.string().regex(/^1\./, 'only CloudEvents 1.x are read'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  data: z.unknown().optional(),
  data_base64: z.string().optional(),
});

export const cloudevents: EventSource = {
  name: 'CloudEvent',
  read(payload) {
    if (payload['specversion'] === undefined) return null;
    const { data, data_base64 } = parseAs('CloudEvents', CloudEvent, payload);
    return inner(data ?? data_base64 ?? {});
  },
};

const percentDecoded = (name: string, value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    throw new AppError('invalid_request', `The header ${name} is not percent-encoded`, { cause });
  }
};

/** The event of a request in binary content mode, its attributes in `ce-` headers; `null` where there are none.
 *  https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode */
export const binaryCloudEvent = (headers: Headers, data: unknown): Fields | null => {
  if (!headers.has('ce-specversion')) return null;
  const attributes = [...headers]
    .filter(([name]) => name.startsWith('ce-'))
    .map(([name, value]) => [name.slice('ce-'.length), percentDecoded(name, value)]);
  const type = headers.get('content-type');
  return { ...Object.fromEntries(attributes), ...(type === null ? {} : { datacontenttype: type }), data };
};
