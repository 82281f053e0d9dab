/** Texts as they are compared: compatibility forms folded (NFKC), in lower case, one space for any run of white space. */
import type { Message, Row } from '../../contracts/row.ts';

const SPACE = 32;

/** UTF-16 unit → its lower case, a space for white space. */
const PLAIN = Uint16Array.from({ length: 65_536 }, (_, unit) => {
  if (unit >= 0x41 && unit <= 0x5a) return unit + 32;
  return /\s/.test(String.fromCharCode(unit)) ? SPACE : unit;
});

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
const GLUE = String.fromCharCode(BETWEEN);

const encoder = new TextEncoder();
let bytes = new Uint8Array(65_536);
let room = new Uint16Array(65_536);

/** Bytes are quicker to read than a string: its own where it is ASCII, else null. */
const asciiOf = (text: string): Uint8Array | null => {
  if (bytes.length < text.length) bytes = new Uint8Array(2 * text.length);
  const { read, written } = encoder.encodeInto(text, bytes);
  return read === text.length && written === text.length ? bytes : null;
};

export const unitsOf = (texts: readonly string[]): Units => {
  const joined = texts.join(GLUE);
  const ascii = asciiOf(joined);
  const folded = ascii ? joined : joined.normalize('NFKC').toLowerCase();
  if (room.length < folded.length + LEAD) room = new Uint16Array(2 * folded.length + LEAD);
  const units = room;
  units.fill(SPACE, 0, LEAD);
  let length = LEAD;
  let before = SPACE;
  for (let i = 0; i < folded.length; i++) {
    const unit = PLAIN[ascii ? ascii[i]! : folded.charCodeAt(i)]!;
    if (unit === SPACE && before === SPACE) continue;
    units[length++] = before = unit;
  }
  return { units, length };
};

/** The texts by which rows are alike: not the system message and the tools, which many rows share. */
export const comparedTexts = (row: Row): readonly string[] => {
  if (row.kind === 'text') return [row.text];
  return said(row.kind === 'preference' ? [...row.messages, ...row.chosen, ...row.rejected] : row.messages);
};
