/** A JSON list of rows, an object that holds rows, objects one after another, or a single row. Held in memory as one text.
 *  An item that is not JSON is a broken row and the rest goes on, as long as the brackets around the items pair up. */
import { newlines } from '../decode.ts';
import { isFields } from '../place.ts';
import { unreadable } from '../unreadable.ts';
import { rowsByColumn } from './by-column.ts';
import { isNamed, isProse, type Container, type InputRow } from './container.ts';
import { jsonDefect, position, spansOf } from './json-text.ts';
import { parseRow } from './parse.ts';

/** A text cannot be much longer. */
const LONGEST_TEXT = 500_000_000;

const broken = (text: string, from = 1): never => {
  const { excerpt, line } = jsonDefect(text, from);
  return unreadable('unreadable_json', excerpt, line);
};

const itemRows = function* (text: string, open: number): Generator<InputRow> {
  for (const { from, to, line, column } of spansOf(text, open).items) {
    yield parseRow(text.slice(from, to), line, column);
  }
};

const isTurn = (value: unknown): boolean => isFields(value) && ('role' in value || 'from' in value);

/** The key of the only list of objects inside, null where there is none or the list is a conversation: then it is a row. */
const listKey = (value: unknown): string | null => {
  if (!isFields(value)) return null;
  const lists = Object.keys(value).filter((key) => {
    const list = value[key];
    return Array.isArray(list) && list.length > 0 && list.every(isFields) && !list.some(isTurn);
  });
  const others = Object.values(value).some((inner) => Array.isArray(inner) && inner.some(isTurn));
  return lists.length === 1 && !others ? lists[0]! : null;
};

/** Offset of the list under `key` of the object that opens at `open`; the last of equal keys, as JSON.parse takes it. */
const listUnder = (text: string, open: number, key: string): number => {
  const values = spansOf(text, open).items.flatMap(({ from, to }) => {
    const name = /^"(?:[^"\\]|\\.)*"/.exec(text.slice(from, Math.min(to, from + 6 * key.length + 8)))?.[0];
    return name !== undefined && JSON.parse(name) === key ? [from + name.length] : [];
  });
  return text.indexOf('[', values.at(-1));
};

/** Rows of objects with nothing but space between them, as jq prints them. */
const objectsIn = (text: string, open: number, first: number): readonly InputRow[] => {
  const rows: InputRow[] = [];
  let line = first;
  for (let at = open; at < text.length;) {
    const rest = text.slice(at);
    const { close } = rest.startsWith('{') ? spansOf(rest, 0) : { close: -1 };
    const alone = rows.length === 0 && close === rest.trimEnd().length - 1;
    if (close < 0 || alone) return broken(rest, line);
    const row = rest.slice(0, close + 1);
    rows.push(parseRow(row, line));
    const space = /[ \t\n\r]*/y;
    space.lastIndex = close + 1;
    const between = space.exec(rest)![0];
    line += newlines(row) + newlines(between);
    at += row.length + between.length;
  }
  return rows;
};

/** An object: its one list of rows, its rows by column, or the object itself. */
const rowsWithin = function* (
  text: string,
  open: number,
  whole: InputRow & { value: unknown },
): Generator<InputRow> {
  const key = listKey(whole.value);
  if (key !== null) yield* itemRows(text, listUnder(text, open, key));
  else {
    const rows = isFields(whole.value) ? rowsByColumn(whole.value) : null;
    if (!rows) yield whole;
    // a row has no line of its own there: its number says more
    else for (const [i, row] of rows.entries()) yield parseRow(JSON.stringify(row), i + 1);
  }
};

export const json: Container = {
  name: 'json',
  match({ text, name }) {
    const start = text.trimStart();
    if (isProse(name) && !/^(?:\[\s*[[{\]]|\{\s*["}])/.test(start)) return 0; // [1] is a footnote there
    if (start.startsWith('[')) return 2;
    if (start.startsWith('{')) return isNamed(name, '.csv', '.tsv') ? 0 : 1;
    return isNamed(name, '.json') ? 1 : 0;
  },
  async *rows(texts) {
    const parts: string[] = [];
    let size = 0;
    for await (const part of texts) {
      parts.push(part);
      size += part.length;
      if (size > LONGEST_TEXT) unreadable('too_large', `more than ${LONGEST_TEXT} characters`);
    }
    const text = parts.join('');
    const open = text.search(/[^ \t\n\r]/);
    if (text[open] === '[') {
      const { close } = spansOf(text, open);
      if (text[close] !== ']' || /[^ \t\n\r]/.test(text.slice(close + 1))) broken(text);
      yield* itemRows(text, open);
      return;
    }
    const { line, column } = position(text, open);
    const whole = parseRow(text.slice(open), line, column);
    const several = 'error' in whole && whole.error.code !== 'too_deep' ? objectsIn(text, open, line) : null;
    if (several) yield* several;
    else if (!('value' in whole)) yield whole;
    else yield* rowsWithin(text, open, whole);
  },
};
