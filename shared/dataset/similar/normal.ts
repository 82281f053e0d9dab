/** Texts as they are compared: compatibility forms folded (NFKC), in lower case, one space for any run of white space. */
import { codes, placeCodes } from '../codes.ts';
import type { Message, Row } from '../../contracts/row.ts';

const SPACE = 32;

/** UTF-16 unit of a text that is folded and in lower case → a space for white space (`\s`), else itself. */
const PLAIN = Int32Array.from({ length: 65_536 }, (_, unit) => unit);
for (const space of '\t\v\f \n\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff')
  PLAIN[space.charCodeAt(0)] = SPACE;
PLAIN.fill(SPACE, 0x2000, 0x200b);

/** Unit of any text → what it is folded to, -1 where that takes more than a table: where it becomes several, is a mark
 *  that joins what is before, or a sigma, which has another lower case at the end of a word. */
const FOLDED = new Int32Array(65_536).fill(-1);
/** Latin, Cyrillic, punctuation, kana, wide forms. */
for (const [from, to] of [
  [0x01, 0x250],
  [0x400, 0x482],
  [0x48a, 0x530],
  [0x2010, 0x2028],
  [0x2030, 0x205f],
  [0x3000, 0x302a],
  [0x3041, 0x3097],
  [0x30a1, 0x30fd],
  [0xff01, 0xff5f],
] as const)
  for (let unit = from; unit < to; unit++) {
    const folded = String.fromCharCode(unit).normalize('NFKC').toLowerCase();
    if (folded.length === 1) FOLDED[unit] = PLAIN[folded.charCodeAt(0)]!;
  }
/** Chinese and Hangul stay as they are. */
for (const [from, to] of [
  [0x3400, 0x4dc0],
  [0x4e00, 0xa000],
  [0xac00, 0xd7a4],
] as const)
  FOLDED.set(PLAIN.subarray(from, to), from);

const said = (messages: readonly Message[]): string[] => {
  const texts: string[] = [];
  for (const { role, content, tool_calls } of messages) {
    if (role !== 'system' && content !== null) texts.push(content);
    if (tool_calls) for (const { function: f } of tool_calls) texts.push(f.arguments);
  }
  return texts;
};

/** Units of texts end to end, `BETWEEN` two of them and `LEAD` spaces in front. */
export type Units = {
  /** serves the next call too */
  readonly units: Uint16Array;
  readonly length: number;
};

export const LEAD = 5;
export const BETWEEN = 1;

let room = new Uint16Array(65_536);
let used = 0;

/** Whether the text could be put behind what is there: all its units must be in the table. */
const put = (text: string, table: Int32Array): boolean => {
  const { length } = text;
  if (room.length < used + length + 1) {
    const grown = new Uint16Array(2 * (used + length + 1));
    grown.set(room);
    room = grown;
  }
  const units = room;
  const from = placeCodes(text);
  const all = codes();
  let at = used;
  let before = units[at - 1]!;
  for (let i = 0; i < length; i++) {
    const unit = table[all[from + i]!]!;
    if (unit < 0) return false;
    units[at] = unit;
    // on, but at a second space: without a branch, which is hard to foresee
    at += -((unit ^ SPACE) | (before ^ SPACE)) >>> 31;
    before = unit;
  }
  used = at;
  units[at] = BETWEEN;
  return true;
};

export const unitsOf = (texts: readonly string[]): Units => {
  room.fill(SPACE, 0, LEAD);
  used = LEAD;
  for (let i = 0; i < texts.length; i++) {
    if (i > 0) used += 1; // past the mark between them
    const text = texts[i]!;
    if (!put(text, FOLDED)) put(text.normalize('NFKC').toLowerCase(), PLAIN);
  }
  return { units: room, length: used };
};

/** The texts by which rows are alike: not the system message and the tools, which many rows share. */
export const comparedTexts = (row: Row): readonly string[] => {
  if (row.kind === 'text') return [row.text];
  return said(row.kind === 'preference' ? [...row.messages, ...row.chosen, ...row.rejected] : row.messages);
};
