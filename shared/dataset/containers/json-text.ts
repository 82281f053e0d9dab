/** JSON (https://www.rfc-editor.org/rfc/rfc8259) as text: where it breaks, and where the items of a list lie. */
import { clip } from '../place.ts';
import type { Defect } from '../problems.ts';

const SPACE = /[ \t\n\r]*/y;
const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

const after = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
};

type Scan = { readonly at: number; readonly ok: boolean };

/** Past the string that opens at `at`. */
const scanString = (text: string, at: number): Scan => {
  for (let i = at + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) return { at: i + 1, ok: true };
    if (c < 0x20) return { at: i, ok: false };
    if (c !== 0x5c) continue;
    const next = after(ESCAPE, text, i);
    if (next < 0) return { at: i, ok: false };
    i = next - 1;
  }
  return { at: text.length, ok: false };
};

/** Offset of the first character that cannot stand where it stands, null when the text is one JSON value. */
export const firstJsonError = (text: string): number | null => {
  const open: string[] = [];
  let expect: 'value' | 'item' | 'key' | 'member' | 'next' = 'value'; // item, member: or the end of the list, object
  let at = after(SPACE, text, 0);
  const key = (): Scan => {
    const { at: end, ok } = text[at] === '"' ? scanString(text, at) : { at, ok: false };
    const colon = ok ? after(SPACE, text, end) : end;
    return ok && text[colon] === ':' ? { at: colon + 1, ok: true } : { at: colon, ok: false };
  };
  for (; at < text.length || expect !== 'next' || open.length > 0; at = after(SPACE, text, at)) {
    const c = text[at];
    const closes = open.at(-1) === '{' ? '}' : ']';
    if (expect !== 'value' && expect !== 'key' && open.length > 0 && c === closes) {
      open.pop();
      expect = 'next';
      at += 1;
    } else if (expect === 'next') {
      if (open.length === 0 || c !== ',') return at;
      expect = open.at(-1) === '{' ? 'key' : 'value';
      at += 1;
    } else if (expect === 'key' || expect === 'member') {
      const { at: end, ok } = key();
      if (!ok) return end;
      at = end;
      expect = 'value';
    } else if (c === '{' || c === '[') {
      open.push(c);
      expect = c === '{' ? 'member' : 'item';
      at += 1;
    } else {
      const { at: end, ok } = c === '"' ? scanString(text, at) : { at: after(WORD, text, at), ok: true };
      if (!ok || end < 0) return ok ? at : end;
      at = end;
      expect = 'next';
    }
  }
  return null;
};

/** Line (from 1) and column (from 1) of an offset. */
export const position = (text: string, offset: number): { line: number; column: number } => {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
};

/** `from` and `to` (exclusive) of an item, spaces not counted; line and column of its first character, from 1. */
export type Span = {
  readonly from: number;
  readonly to: number;
  readonly line: number;
  readonly column: number;
};
export type Spans = {
  readonly items: readonly Span[];
  /** offset of the closing bracket, -1 without one */ readonly close: number;
};

/** Items of the list or object that opens at `at`. Items need not be valid: a string ends
 *  at a line's end at the latest, so that a forgotten quote harms one item only. */
export const spansOf = (text: string, at: number): Spans => {
  const opening = position(text, at);
  let line = opening.line;
  let lineStart = at - opening.column; // offset before the line's first character
  const items: Span[] = [];
  let depth = 0;
  let inString = false;
  let start: Omit<Span, 'to'> | null = null;
  let end = at + 1; // after the last character that is not a space
  const span = (from: number): Omit<Span, 'to'> => ({ from, line, column: from - lineStart });
  const item = (here: number): void => {
    items.push({ ...(start ?? span(here)), to: start ? end : here });
    start = null;
  };
  for (let i = at; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x0a) {
      line += 1;
      lineStart = i;
      inString = false;
      continue;
    }
    if (c === 0x20 || c === 0x09 || c === 0x0d) continue;
    if (inString) {
      if (c === 0x5c && text.charCodeAt(i + 1) !== 0x0a) i += 1;
      else if (c === 0x22) inString = false;
    } else {
      if (c === 0x2c && depth === 1) {
        item(i);
        continue;
      }
      if (c === 0x5d || c === 0x7d) depth -= 1;
      if (depth === 0 && i > at) {
        if (start || items.length > 0) item(i);
        return { items, close: i };
      }
      if (c === 0x5b || c === 0x7b) depth += 1;
      if (c === 0x22) inString = true;
    }
    if (i > at) start ??= span(i);
    end = i + 1;
  }
  return { items, close: -1 };
};

/** Where and how `text`, which begins on `line`, is not JSON. Columns count from the start of the text's line. */
export const jsonDefect = (text: string, line: number, column = 1): Defect => {
  const offset = firstJsonError(text) ?? text.length;
  const found = position(text, offset);
  const where = `column ${found.column + (found.line === 1 ? column - 1 : 0)}`;
  const what = [
    text === '' && 'nothing stands here',
    offset >= text.length && 'the text ends too early',
    `unexpected ${JSON.stringify(text.slice(offset, offset + 40))}`,
  ].find(Boolean);
  return {
    code: 'invalid_json',
    pointer: '',
    excerpt: clip(`${where}: ${what}`),
    line: line + found.line - 1,
  };
};
