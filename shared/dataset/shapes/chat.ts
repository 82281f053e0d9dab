/** OpenAI chat, https://platform.openai.com/docs/guides/supervised-fine-tuning; content parts and `loss_weight` as
 *  LLaMA-Factory and Volcengine write them. */
import type { Message } from '../../contracts/row.ts';
import { excerptOf, isAbsent, isFields, step, type Fields } from '../place.ts';
import { conversation, reader, type Reader, type ShapeReader } from './shape.ts';
import { readCalls, readTools, type Call } from './tools.ts';

const ROLES: ReadonlyMap<unknown, Message['role']> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
]);

const READ = new Set(
  'role content name reasoning_content tool_calls function_call tool_call_id weight loss_weight'.split(' '),
);
const TEXTS = ['name', 'reasoning_content', 'tool_call_id'] as const;
const MEDIA = /image|audio|video|file/;

/** Text, or the text parts `{ type: 'text', text | value }` end to end. */
const readContent = (r: Reader, content: unknown, at: string): string => {
  if (!Array.isArray(content)) return r.text(content, at);
  return content
    .map((part: unknown, i) => {
      const pointer = at + step(i);
      const type = isFields(part) ? part['type'] : undefined;
      if (!isFields(part) || typeof type !== 'string') r.wrong(pointer, part);
      else if (type === 'text') return r.text(part['text'] ?? part['value'], `${pointer}/text`);
      else if (MEDIA.test(type)) r.report('image', pointer, excerptOf(type));
      else r.wrong(`${pointer}/type`, type);
      return '';
    })
    .join('');
};

const readWeight = (r: Reader, message: Fields, at: string): number | null => {
  const key = isAbsent(message['weight']) ? 'loss_weight' : 'weight';
  const weight = message[key];
  if (isAbsent(weight)) return null;
  if (typeof weight === 'number' && weight >= 0 && weight <= 1) return weight;
  r.report('bad_weight', at + step(key), excerptOf(weight));
  return null;
};

/** An answer that only calls tools has no content. */
const contentOf = (r: Reader, message: Fields, calls: readonly Call[], at: string): string | null =>
  calls.length > 0 && isAbsent(message['content'])
    ? null
    : readContent(r, message['content'], `${at}/content`);

export const readMessage = (r: Reader, message: unknown, at: string): Message | null => {
  if (!isFields(message)) {
    r.wrong(at, message);
    return null;
  }
  const role = ROLES.get(message['role']);
  if (!role) r.report('unknown_role', `${at}/role`, excerptOf(message['role']));
  const unused = Object.keys(message).filter((key) => !READ.has(key) && !isAbsent(message[key]));
  if (unused.length > 0) r.report('unused_keys', at, excerptOf(unused.join(', ')));
  const calls = readCalls(r, message, at);
  const content = contentOf(r, message, calls, at);
  const weight = readWeight(r, message, at);
  const texts = TEXTS.filter((key) => !isAbsent(message[key])).map((key) => [
    key,
    r.text(message[key], at + step(key)),
  ]);
  return {
    role: role ?? 'user',
    content,
    ...Object.fromEntries(texts),
    ...(calls.length > 0 ? { tool_calls: [...calls] } : {}),
    ...(role === 'assistant' && weight !== null ? { weight } : {}),
  };
};

const keyOf = (value: Fields): 'messages' | 'conversations' =>
  Object.hasOwn(value, 'messages') ? 'messages' : 'conversations';

const isOurs = (list: unknown): boolean =>
  !Array.isArray(list) || !list.some((turn) => isFields(turn) && 'from' in turn);
const hasRoles = (list: unknown): boolean =>
  Array.isArray(list) && list.some((turn) => isFields(turn) && 'role' in turn);

export const chat: ShapeReader = {
  name: 'chat',
  keys: ['messages', 'tools', 'functions', 'parallel_tool_calls'],
  alsoReads: ['conversations'],
  needs:
    'a list `messages` of { "role": "user", "content": "…" } and { "role": "assistant", "content": "…" }',
  match(value) {
    if (Object.hasOwn(value, 'messages')) return isOurs(value['messages']) ? 4 : 0;
    return isOurs(value['conversations']) && hasRoles(value['conversations']) ? 4 : 0;
  },
  toRow(value) {
    const r = reader();
    const key = keyOf(value);
    const list = r.list(value[key], step(key));
    if (Array.isArray(value[key]) && list.length === 0) r.report('empty_messages', step(key), 'a list of 0');
    const messages = list.map((message, i) => readMessage(r, message, step(key) + step(i)));
    const toolsKey = isAbsent(value['tools']) ? 'functions' : 'tools';
    return conversation(
      r,
      messages.filter((message) => message !== null),
      (i, below) => step(key) + step(i) + below,
      readTools(r, value[toolsKey], step(toolsKey)),
    );
  },
};
