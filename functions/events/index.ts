/** Every form in which a store tells of its objects → what it tells. Pure. */
import { AppError } from '../../shared/errors.ts';
import { binaryCloudEvent, cloudevents } from './cloudevents.ts';
import { eventbridge } from './eventbridge.ts';
import { oss } from './oss.ts';
import { s3, s3Test } from './s3.ts';
import { messageOfXml, smqJson, smqQueue, smqStream } from './smq.ts';
import { sns } from './sns.ts';
import { type EventSource, type Fields, type Found, inner } from './source.ts';
import { sqs } from './sqs.ts';

/** `Records` of S3, SQS, SNS, MinIO and Ceph, `events` of OSS: each is read by itself. */
const lists: EventSource = {
  name: 'list of events',
  read({ Records, events }) {
    const list = Records ?? events;
    return Array.isArray(list) ? inner(...list) : null;
  },
};

/** The first that knows the payload reads it. */
const SOURCES: readonly EventSource[] = [
  lists,
  s3Test,
  s3,
  eventbridge,
  sqs,
  sns,
  oss,
  cloudevents,
  smqJson,
  smqStream,
  smqQueue,
];

export type Told = Exclude<Found, { readonly kind: 'inner' }>;

const DEEPEST = 8;
const SHOWN = 80;

const refuse = (what: string, text: string): never => {
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  throw new AppError('invalid_request', `${what}: ${JSON.stringify(shown)}`, {
    hint: `Known are ${SOURCES.map(({ name }) => name).join(', ')}.`,
  });
};

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A body as it was sent: JSON, the base64 of JSON, or a push of SMQ in XML. Throws `invalid_request` for anything else. */
export const parseBody = (text: string): unknown => {
  const trimmed = text.trim();
  const direct = json(trimmed);
  if (direct !== undefined) return direct;
  if (trimmed.startsWith('<')) {
    const message = messageOfXml(trimmed);
    if (message !== null) return parseBody(message);
  }
  if (/^[\w+/-]+={0,2}$/.test(trimmed.replaceAll(/\s/g, ''))) {
    const decoded = json(Buffer.from(trimmed, 'base64').toString());
    if (typeof decoded === 'object') return decoded;
  }
  return refuse('The body of an event is neither JSON nor the base64 of it', trimmed);
};

/** A request's body, with what its headers tell (CloudEvents in binary mode). Throws `invalid_request`. */
export const parseRequest = (headers: Headers, body: string): unknown => {
  const payload = parseBody(body);
  return binaryCloudEvent(headers, payload) ?? payload;
};

const readFields = (payload: Fields, depth: number): Told[] => {
  for (const source of SOURCES) {
    const found = source.read(payload);
    if (found) return found.flatMap((one) => (one.kind === 'inner' ? read(one.payload, depth + 1) : [one]));
  }
  const fields = Object.keys(payload).slice(0, 5).join(', ');
  return [{ kind: 'ignored', why: `it is no event of a bucket: its fields are ${fields || 'none'}` }];
};

const read = (payload: unknown, depth: number): Told[] => {
  if (depth > DEEPEST) return refuse('An event within too many others', JSON.stringify(payload));
  if (typeof payload === 'string') return read(parseBody(payload), depth + 1);
  if (Array.isArray(payload)) return payload.flatMap((one) => read(one, depth + 1));
  if (typeof payload === 'object' && payload !== null) return readFields(payload as Fields, depth);
  return refuse('An event is an object', JSON.stringify(payload) ?? 'nothing');
};

/** What a delivery tells, in its order. Throws `invalid_request` for a body that nobody sends. */
export const readEvents = (payload: unknown): readonly Told[] => read(payload, 0);
