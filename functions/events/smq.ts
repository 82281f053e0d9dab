/** Simple Message Queue (MNS): a topic's message to a function or an endpoint, a queue's by way of EventBridge.
 *  https://www.alibabacloud.com/help/en/mns/developer-reference/notifycontentformat */
import { z } from 'zod';
import { type EventSource, inner, parseAs } from './source.ts';

/** JSON format of a topic. The message is text as it was published: OSS publishes base64. */
export const smqJson: EventSource = {
  name: 'SMQ message',
  read({ TopicName, SubscriptionName, Message }) {
    if (TopicName === undefined || SubscriptionName === undefined) return null;
    return inner(parseAs('SMQ', z.string(), Message));
  },
};

/** STREAM format of a Function Compute trigger, where the message has attributes; without them the event is the text itself. */
export const smqStream: EventSource = {
  name: 'SMQ message with attributes',
  read({ body, attrs }) {
    if (typeof attrs !== 'object' || attrs === null) return null;
    return inner(parseAs('SMQ', z.string(), body));
  },
};

/** Data of the CloudEvent that a queue's trigger makes. */
export const smqQueue: EventSource = {
  name: 'SMQ queue message',
  read: ({ messageBody, messageId }) =>
    messageBody === undefined || messageId === undefined ? null : inner(messageBody),
};

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** The message of a push in XML, `null` where there is none. Its other fields have no use here. */
export const messageOfXml = (xml: string): string | null => {
  const text = /<Message>([^]*?)<\/Message>/.exec(xml)?.[1];
  if (text === undefined) return null;
  const cdata = /^\s*<!\[CDATA\[([^]*)\]\]>\s*$/.exec(text)?.[1];
  return cdata ?? text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name]!);
};
