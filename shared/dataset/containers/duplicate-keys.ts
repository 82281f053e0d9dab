/** Names that an object has twice: JSON.parse keeps the last value and says nothing. */
import { codeAt } from '../code-at.ts';
import { clip, step } from '../place.ts';
import type { Defect } from '../problems.ts';

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];

/** Past the string that opens at `at`; the text is valid JSON. */
const stringEnd = (text: string, at: number): number => {
  for (let end = text.indexOf('"', at + 1); ; end = text.indexOf('"', end + 1)) {
    let back = end - 1;
    while (codeAt(text, back) === BACKSLASH) back--;
    if ((end - back) % 2 === 1) return end + 1;
  }
};

const afterSpace = (text: string, at: number): number => {
  let i = at;
  while (codeAt(text, i) <= 0x20) i++;
  return i;
};

/** How many names of members the text has. */
const namesIn = (text: string): number => {
  let n = 0;
  for (let at = text.indexOf('"'); at >= 0;) {
    const next = afterSpace(text, stringEnd(text, at));
    if (codeAt(text, next) === COLON) n++;
    at = text.indexOf('"', next);
  }
  return n;
};

/** How many members all objects of a JSON value have; Infinity where it nests deeper than `levels`. Stops there, so no
 *  nesting exhausts the stack. */
export const membersOf = (value: unknown, levels: number): number => {
  if (typeof value !== 'object' || value === null) return 0;
  if (levels === 0) return Infinity;
  let n = 0;
  if (Array.isArray(value)) for (const item of value) n += membersOf(item, levels - 1);
  else {
    const members = value as Record<string, unknown>;
    for (const name in members) n += 1 + membersOf(members[name], levels - 1);
  }
  return n;
};

type Frame = { readonly names: Set<string> | null; key: string | number };

/** Where the first name stands that its object has already. */
const locate = (text: string): { pointer: string; at: number } | null => {
  const open: Frame[] = [];
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    const frame = open.at(-1);
    if (c === '{' || c === '[') open.push({ names: c === '{' ? new Set() : null, key: c === '{' ? '' : 0 });
    else if (c === '}' || c === ']') open.pop();
    else if (c === ',' && frame && typeof frame.key === 'number') frame.key += 1;
    else if (text.charCodeAt(at) === QUOTE) {
      const end = stringEnd(text, at);
      if (frame?.names && text.charCodeAt(afterSpace(text, end)) === COLON) {
        const name = JSON.parse(text.slice(at, end)) as string;
        frame.key = name;
        if (frame.names.has(name)) return { pointer: open.map(({ key }) => step(key)).join(''), at };
        frame.names.add(name);
      }
      at = end - 1;
    }
  }
  return null;
};

/** Null where each name stands once. `text` is the JSON of a value with so many members. */
export const duplicateKey = (text: string, members: number): Defect | null => {
  if (namesIn(text) === members) return null;
  const found = locate(text);
  return found && { code: 'duplicate_keys', pointer: found.pointer, excerpt: clip(text.slice(found.at)) };
};
