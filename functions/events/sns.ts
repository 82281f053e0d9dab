import { z } from 'zod';
import { type EventSource, ignored, inner, parseAs } from './source.ts';

/** A notification of a topic: to Lambda, to a queue or to an HTTP endpoint.
 *  https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export const sns: EventSource = {
  name: 'SNS notification',
  read({ EventSource: source, Sns, Type, Message, SubscribeURL }) {
    if (source === 'aws:sns') return inner(parseAs('aws:sns', z.looseObject({}), Sns));
    if (Type === 'Notification') return inner(parseAs('SNS', z.string(), Message));
    if (Type === 'UnsubscribeConfirmation') return ignored('the topic tells no more');
    // not opened from here: whoever may send events could make the service ask any address
    if (Type === 'SubscriptionConfirmation')
      return ignored(`the topic waits until somebody opens ${String(SubscribeURL)}`);
    return null;
  },
};
