/** ShareGPT as LLaMA-Factory reads it: turns of `from` and `value`, calls and tools as JSON text. */
import type { Message } from '../../contracts/row.ts';
import { excerptOf, isFields, step, type Fields } from '../place.ts';
import { readWeight, systemOf } from './chat.ts';
import { conversation, placed, reader, turn, type Reader, type ShapeReader, type Turn } from './shape.ts';
import { roleFault } from './role-names.ts';
import { TALK_KEYS, talkOf } from './talk.ts';
import { readCallText, readTools } from './tools.ts';

const ROLES: ReadonlyMap<unknown, Message['role'] | 'call'> = new Map([
  ['human', 'user'],
  ['user', 'user'],
  ['gpt', 'assistant'],
  ['assistant', 'assistant'],
  ['chatgpt', 'assistant'],
  ['bing', 'assistant'],
  ['bard', 'assistant'],
  ['model', 'assistant'],
  ['system', 'system'],
  ['function_call', 'call'],
  ['tool_call', 'call'],
  ['observation', 'tool'],
  ['tool', 'tool'],
  ['tool_response', 'tool'],
  ['function_response', 'tool'],
]);

const keyIn = (value: Fields, ...keys: readonly string[]): string =>
  keys.find((key) => Object.hasOwn(value, key)) ?? keys[0]!;

export const readTurn = (r: Reader, value: unknown, at: string): readonly Turn[] => {
  if (!isFields(value)) {
    r.wrong(at, value);
    return [];
  }
  const speaker = keyIn(value, 'from', 'role');
  const said = keyIn(value, 'value', 'content', 'text');
  const role = ROLES.get(value[speaker]);
  const origin = at + step(said);
  if (!role) r.report(roleFault(value[speaker]), at + step(speaker), excerptOf(value[speaker]));
  const text = r.text(value[said], origin);
  const weight = readWeight(r, value, at);
  const share = weight === null ? {} : { weight };
  if (role === 'call') {
    if (typeof value[said] !== 'string') return [];
    const tool_calls = [...readCallText(r, text, origin)];
    return [{ message: { role: 'assistant', content: null, tool_calls, ...share }, origin }];
  }
  const { message } = turn(role ?? 'user', text, origin);
  return [{ message: role === 'assistant' ? { ...message, ...share } : message, origin }];
};

export const sharegpt: ShapeReader = {
  name: 'sharegpt',
  keys: ['conversations', 'system', 'tools'],
  alsoReads: TALK_KEYS,
  needs: 'a list `conversations` of { "from": "human", "value": "…" } and { "from": "gpt", "value": "…" }',
  match: (value) => (talkOf(value)?.form === 'from' ? 3 : 0),
  toRow(value) {
    const r = reader();
    const { key } = talkOf(value) ?? { key: 'conversations' };
    const list = r.list(value[key], step(key));
    if (Array.isArray(value[key]) && list.length === 0) r.report('empty_messages', step(key), 'a list of 0');
    const turns = list.flatMap((entry, i) => readTurn(r, entry, step(key) + step(i)).map(placed));
    return conversation(r, [...systemOf(r, value, turns), ...turns], readTools(r, value['tools'], '/tools'));
  },
};
