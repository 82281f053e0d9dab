/** Shapes, and which of them a row has. */
import type { Shape } from '../../contracts/recipe.ts';
import { clip, isFields, type Fields } from '../place.ts';
import type { Defect } from '../problems.ts';
import { alpaca } from './alpaca.ts';
import { chat, isPlain } from './chat.ts';
import { kto } from './kto.ts';
import { openaiDpo } from './openai-dpo.ts';
import { preference } from './preference.ts';
import { promptCompletion } from './prompt-completion.ts';
import type { ShapeReader } from './shape.ts';
import { sharegpt } from './sharegpt.ts';
import { text } from './text.ts';
import { anthropic } from './anthropic.ts';
import { bedrock } from './bedrock.ts';
import { openaiRft } from './openai-rft.ts';
import { queryResponse } from './query-response.ts';
import { sharegptPairs } from './sharegpt-pairs.ts';
import { vertex } from './vertex.ts';
import { UNSUPPORTED } from './unsupported.ts';

export const SHAPES: Readonly<Record<Shape, ShapeReader>> = {
  chat,
  sharegpt,
  alpaca,
  'prompt-completion': promptCompletion,
  text,
  'openai-dpo': openaiDpo,
  preference,
  anthropic: anthropic,
  bedrock: bedrock,
  'openai-rft': openaiRft,
  'query-response': queryResponse,
  'sharegpt-pairs': sharegptPairs,
  vertex: vertex,
  kto,
};
const READERS = Object.values(SHAPES);

/** Edits (insert, delete, replace) from one word to the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
};

/** 1 for a key of the shape, less for one that is a slip of the pen away. */
const closeness = (key: string, keys: readonly string[]): number =>
  keys.includes(key) ? 1 : key.length <= 32 && keys.some((known) => distance(key, known) <= 2) ? 0.8 : 0;

/** The shape that shares most keys with a row that has none; prompt-completion where nothing is shared. */
const nearest = (found: readonly string[]): ShapeReader => {
  const score = ({ keys }: ShapeReader): number =>
    found.slice(0, 50).reduce((sum, key) => sum + closeness(key.toLowerCase(), keys), 0);
  return READERS.reduce((best, next) => (score(next) > score(best) ? next : best), promptCompletion);
};

/** `taken`: the shape that the row would have otherwise. */
const unsupported = (value: Fields, taken?: Shape): Defect | null => {
  const known = UNSUPPORTED.find(
    ({ over, match }) => (taken === undefined || over?.includes(taken)) && match(value),
  );
  if (!known) return null;
  const excerpt = clip(`${known.name}: ${Object.keys(value).join(', ')}`);
  const { fix } = known;
  return { code: 'unsupported_shape', pointer: '', excerpt, ...(fix === undefined ? {} : { fix }) };
};

/** Messages of a role and a text each, and nothing beside them: chat, without asking every shape. */
const isPlainChat = (value: Fields): boolean => {
  for (const key in value) if (key !== 'messages') return false;
  const { messages } = value;
  return Array.isArray(messages) && messages.length > 0 && messages.every(isPlain);
};

/** Lists of objects that are not a conversation: rows, or parts of rows. */
const rowLists = (value: Fields): readonly string[] =>
  Object.keys(value).filter((key) => {
    const list = value[key];
    return Array.isArray(list) && list.length > 0 && list.every(isFields);
  });

const isRow = (inner: unknown): boolean => isFields(inner) && READERS.some(({ match }) => match(inner) >= 1);

/** What would give a row a shape that has none. */
const wayOut = (value: Fields, near: ShapeReader): string => {
  const keys = Object.keys(value);
  if (keys.some((key) => key.length > 24 && /\S\s+\S+\s+\S/.test(key)))
    return 'The first row was taken for the header: put one above it that names the columns, e.g. prompt and completion';
  const around = keys.find((key) => isRow(value[key]));
  if (around !== undefined) return `What stands under ${around} looks like a row: give that as the row`;
  const lists = rowLists(value);
  if (lists.length > 1 && lists.length === keys.length)
    return `Rows may lie in one list only: write each of ${lists.join(', ')} to a file of its own`;
  return `The nearest shape is ${near.name}: give each row ${near.needs}, or name your columns in data.columns`;
};

const unknown = (value: Fields): Defect => {
  const keys = Object.keys(value);
  const near = nearest(keys);
  return {
    code: 'unknown_shape',
    pointer: '',
    excerpt: clip(`found ${keys.slice(0, 20).join(', ') || 'no keys'}; nearest shape ${near.name}`),
    fix: wayOut(value, near),
  };
};

/** Shapes that a row of an unsupported one may seem to have. */
const MISTAKEN: ReadonlySet<Shape> = new Set(UNSUPPORTED.flatMap(({ over = [] }) => over));

/** The reader of a row without being told, or what is known about a row that has none. */
export const detectShape = (value: Fields): ShapeReader | Defect => {
  if (isPlainChat(value)) return chat;
  let [best, score] = [READERS[0]!, 0];
  for (const reader of READERS) {
    const own = reader.match(value);
    if (own > score) [best, score] = [reader, own];
  }
  if (score > 0) return (MISTAKEN.has(best.name) && unsupported(value, best.name)) || best;
  return unsupported(value) ?? unknown(value);
};
