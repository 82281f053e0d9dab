/** OpenAI chat, https://platform.openai.com/docs/guides/supervised-fine-tuning; content parts and `loss_weight` as
 *  LLaMA-Factory and Volcengine write them, `loss`, `tool_call` and `tool_response` as ms-swift does. */
import type { Message } from '../../contracts/row.ts';
import { excerptOf, isAbsent, isFields, step, type Fields } from '../place.ts';
import {
  conversation,
  placed,
  reader,
  turn,
  type Placed,
  type Reader,
  type Reading,
  type ShapeReader,
} from './shape.ts';
import { roleFault } from './role-names.ts';
import { TALK_KEYS, talkOf } from './talk.ts';
import { readCalls, readCallText, readTools, type Call } from './tools.ts';

const ROLES: ReadonlyMap<unknown, Message['role']> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
  ['human', 'user'],
  ['gpt', 'assistant'],
  ['model', 'assistant'],
  ['observation', 'tool'],
  ['tool_response', 'tool'],
  ['tool_call', 'assistant'],
  ['function_call', 'assistant'],
  // Cohere's
  ['System', 'system'],
  ['User', 'user'],
  ['Chatbot', 'assistant'],
  ['chatbot', 'assistant'],
]);
/** Roles whose content is the call, as JSON text. */
const CALLS: ReadonlySet<unknown> = new Set(['tool_call', 'function_call']);

const WEIGHTS = ['weight', 'loss_weight', 'loss_scale'] as const;
/** Axolotl's and ms-swift's: whether to learn from the message. */
const SWITCHES = ['loss', 'train', 'training'] as const;
const READ = new Set([
  ...'role content name reasoning_content tool_calls function_call tool_call_id'.split(' '),
  ...WEIGHTS,
  ...SWITCHES,
]);
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

/** Share of the loss that a message asks for, null where it says nothing. */
export const readWeight = (r: Reader, message: Fields, at: string): number | null => {
  const key = WEIGHTS.find((name) => !isAbsent(message[name]));
  const asked = SWITCHES.find((name) => typeof message[name] === 'boolean');
  if (key === undefined) return asked === undefined || message[asked] === true ? null : 0;
  const weight = message[key];
  if (typeof weight === 'number' && weight >= 0 && weight <= 1) return weight;
  r.report('bad_weight', at + step(key), excerptOf(weight));
  return null;
};

/** An answer that only calls tools has no content. */
const contentOf = (r: Reader, message: Fields, calls: readonly Call[], at: string): string | null =>
  calls.length > 0 && isAbsent(message['content'])
    ? null
    : readContent(r, message['content'], `${at}/content`);

/** A role and a text and nothing else, as nearly all messages are. */
export const isPlain = (
  message: unknown,
): message is { readonly role: unknown; readonly content: string } => {
  if (!isFields(message) || typeof message['content'] !== 'string') return false;
  for (const key in message) if (key !== 'role' && key !== 'content') return false;
  return 'role' in message;
};

/** Null where a message is more than plain, or its role is none that a text alone can have. */
const plainMessage = (message: unknown): Message | null => {
  if (!isPlain(message) || CALLS.has(message.role)) return null;
  const role = ROLES.get(message.role);
  return role ? { role, content: message.content } : null;
};

export const readMessage = (r: Reader, message: unknown, at: string): Message | null => {
  if (!isFields(message)) {
    r.wrong(at, message);
    return null;
  }
  const role = ROLES.get(message['role']);
  if (!role) r.report(roleFault(message['role']), `${at}/role`, excerptOf(message['role']));
  const unused = Object.keys(message).filter((key) => !READ.has(key) && !isAbsent(message[key]));
  if (unused.length > 0) r.report('unused_keys', at, excerptOf(unused.join(', ')));
  const asText = CALLS.has(message['role']) && typeof message['content'] === 'string';
  const calls = asText
    ? readCallText(r, String(message['content']), `${at}/content`)
    : readCalls(r, message, at);
  const content = asText ? null : contentOf(r, message, calls, at);
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

/** Every message of a list, in its place. */
const readMessages = (r: Reader, value: unknown, at: string): readonly Placed[] => {
  const list = r.list(value, at);
  if (Array.isArray(value) && list.length === 0) r.report('empty_messages', at, 'a list of 0');
  const messages: Placed[] = [];
  for (const [i, entry] of list.entries()) {
    const message = plainMessage(entry) ?? readMessage(r, entry, at + step(i));
    if (message) messages.push({ message, at: (below) => at + step(i) + below });
  }
  return messages;
};

/** A system message beside the list belongs before it, unless the list has its own. */
export const systemOf = (r: Reader, value: Fields, messages: readonly Placed[]): readonly Placed[] => {
  const { system } = value;
  if (isAbsent(system) || system === '') return [];
  if (messages[0]?.message.role !== 'system')
    return [placed(turn('system', r.text(system, '/system'), '/system'))];
  if (system !== messages[0].message.content) r.report('unused_keys', '/system', excerptOf(system));
  return [];
};

export const readChat = (r: Reader, value: Fields): Reading => {
  const { key } = talkOf(value) ?? { key: 'messages' };
  const messages = readMessages(r, value[key], step(key));
  const toolsKey = isAbsent(value['tools']) ? 'functions' : 'tools';
  return conversation(
    r,
    [...systemOf(r, value, messages), ...messages],
    readTools(r, value[toolsKey], step(toolsKey)),
  );
};

export const CHAT_KEYS = ['messages', 'system', 'tools', 'functions', 'parallel_tool_calls'];

export const chat: ShapeReader = {
  name: 'chat',
  keys: CHAT_KEYS,
  alsoReads: TALK_KEYS,
  needs:
    'a list `messages` of { "role": "user", "content": "…" } and { "role": "assistant", "content": "…" }',
  match: (value) => (talkOf(value)?.form === 'roles' ? 4 : 0),
  toRow: (value) => readChat(reader(), value),
};
