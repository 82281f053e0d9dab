/** ShareGPT as LLaMA-Factory reads it: turns of `from` and `value`, calls and tools as JSON text. */
import type { Message } from '../../contracts/row.ts';
import { excerptOf, isFields, step, type Fields } from '../place.ts';
import { ofTurns, reader, turn, type Reader, type ShapeReader, type Turn } from './shape.ts';
import { readCallText, readTools } from './tools.ts';

const ROLES: ReadonlyMap<unknown, Message['role'] | 'call'> = new Map([
  ['human', 'user'],
  ['user', 'user'],
  ['gpt', 'assistant'],
  ['assistant', 'assistant'],
  ['system', 'system'],
  ['function_call', 'call'],
  ['observation', 'tool'],
  ['tool', 'tool'],
]);

export const readTurn = (r: Reader, value: unknown, at: string): readonly Turn[] => {
  if (!isFields(value)) {
    r.wrong(at, value);
    return [];
  }
  const role = ROLES.get(value['from']);
  const origin = `${at}/value`;
  if (!role) r.report('unknown_role', `${at}/from`, excerptOf(value['from']));
  const text = r.text(value['value'], origin);
  if (role !== 'call') return [turn(role ?? 'user', text, origin)];
  if (typeof value['value'] !== 'string') return [];
  const tool_calls = [...readCallText(r, text, origin)];
  return [{ message: { role: 'assistant', content: null, tool_calls }, origin }];
};

const keyOf = (value: Fields): 'messages' | 'conversations' =>
  Object.hasOwn(value, 'conversations') ? 'conversations' : 'messages';

const hasFrom = (list: unknown): boolean =>
  Array.isArray(list) && list.some((entry) => isFields(entry) && 'from' in entry);

export const sharegpt: ShapeReader = {
  name: 'sharegpt',
  keys: ['conversations', 'system', 'tools'],
  alsoReads: ['messages'],
  needs: 'a list `conversations` of { "from": "human", "value": "…" } and { "from": "gpt", "value": "…" }',
  match: (value) => (Object.hasOwn(value, 'conversations') || hasFrom(value['messages']) ? 3 : 0),
  toRow(value) {
    const r = reader();
    const key = keyOf(value);
    const list = r.list(value[key], step(key));
    if (Array.isArray(value[key]) && list.length === 0) r.report('empty_messages', step(key), 'a list of 0');
    const system = r.optionalText(value['system'], '/system');
    const turns = [
      ...(system === '' ? [] : [turn('system', system, '/system')]),
      ...list.flatMap((entry, i) => readTurn(r, entry, step(key) + step(i))),
    ];
    return ofTurns(r, turns, readTools(r, value['tools'], '/tools'));
  },
};
