import { z } from 'zod';
import { type EventSource, inner, parseAs } from './source.ts';

/** One message of a queue, as Lambda gets it: `body` is the text that was sent.
 *  https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export const sqs: EventSource = {
  name: 'SQS message',
  read({ eventSource, body }) {
    if (eventSource !== 'aws:sqs') return null;
    return inner(parseAs('aws:sqs', z.string(), body));
  },
};
