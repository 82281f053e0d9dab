/** A mended row back in the shape that it came in, as far as that shape can say it. */
import { isDeepStrictEqual } from 'node:util';
import type { Recipe } from '../../contracts/recipe.ts';
import type { Message, Row } from '../../contracts/row.ts';
import { viewOf } from '../checks/view.ts';
import { examine, type Examined } from '../examine.ts';
import { isFields, type Fields } from '../place.ts';
import { SHAPES } from '../shapes/index.ts';
import { talkOf } from '../shapes/talk.ts';
import { mendRow } from './mend-row.ts';
import { at, withAt } from './pointer.ts';

type Before = Examined & { readonly row: Row };

/** Each changed text where it stands in the input, null where one does not stand there as it is. */
const inPlace = (input: Fields, { row, place }: Before, mended: Row): Fields | null => {
  const [old, now] = [viewOf(row).texts, viewOf(mended).texts];
  if (old.length !== now.length) return null;
  let value: unknown = input;
  for (const [i, { message, below, text }] of old.entries()) {
    if (now[i]!.message !== message || now[i]!.below !== below) return null;
    if (now[i]!.text === text) continue;
    const pointer = place(message, below);
    if (at(value, pointer) !== text) return null;
    value = withAt(value, pointer, now[i]!.text);
  }
  return isFields(value) ? value : null;
};

/** A text by itself, as a question. */
const mendAlone = (text: string): string => {
  const { row } = mendRow({ kind: 'chat', messages: [{ role: 'user', content: text }] });
  return row.kind === 'chat' ? (row.messages[0]?.content ?? '') : text;
};

/** Questions that are put together from several columns: each column by itself. */
const byColumn = (input: Fields): Fields =>
  Object.fromEntries(
    Object.entries(input).map(([key, value]) => [
      key,
      typeof value === 'string' && value.trim() !== '' ? mendAlone(value) : value,
    ]),
  );

const SPEAKERS = { user: 'human', assistant: 'gpt', system: 'system', tool: 'observation' } as const;

const asTurn = ({ role, content, tool_calls, weight }: Message): object => {
  const share = weight === undefined ? {} : { weight };
  if (!tool_calls) return { from: SPEAKERS[role], value: content ?? '', ...share };
  const calls = tool_calls.map(({ function: f }) => ({
    name: f.name,
    arguments: JSON.parse(f.arguments) as unknown,
  }));
  return { from: 'function_call', value: JSON.stringify(calls.length === 1 ? calls[0] : calls), ...share };
};

/** The conversation under the key, and in the words, that it came in. */
const asTalk = (input: Fields, mended: Row): Fields | null => {
  const talk = talkOf(input);
  if (!talk || mended.kind === 'text') return null;
  const own = isFields(input['system']) || typeof input['system'] === 'string';
  const messages = own ? mended.messages.filter(({ role }) => role !== 'system') : mended.messages;
  if (talk.form === 'roles') return { ...input, [talk.key]: messages };
  return talk.form === 'from' ? { ...input, [talk.key]: messages.map(asTurn) } : null;
};

/** Canonical form, with the keys of the input that no shape reads. */
const asCanonical = (input: Fields, { shape }: Before, mended: Row): Fields => {
  const read = new Set(shape ? [...SHAPES[shape].keys, ...(SHAPES[shape].alsoReads ?? [])] : []);
  const rest = Object.entries(input).filter(([key]) => !read.has(key.trim().toLowerCase()));
  const row = Object.entries(mended).filter(([key]) => key !== 'kind');
  return Object.fromEntries([...rest, ...row]);
};

const attempt = (make: () => Fields | null): Fields | null => {
  try {
    return make();
  } catch {
    return null; // a call that this shape cannot write
  }
};

/** The input with the mended row in it, null where the recipe reads no form that could hold it. */
export const writeRow = (input: Fields, before: Before, mended: Row, data: Recipe['data']): Fields | null => {
  const ways = [
    () => inPlace(input, before, mended),
    () => byColumn(input),
    () => asTalk(input, mended),
    () => asCanonical(input, before, mended),
  ];
  for (const make of ways) {
    const value = attempt(make);
    if (value && isDeepStrictEqual(examine(value, data).row, mended)) return value;
  }
  return null;
};
