/** Texts as numbers, for loops over them. The engine has many kinds of strings (of one byte or two, cut out of another,
 *  joined of several), and to ask one for a character it finds out each time which kind that is: twice as slow as to copy
 *  the text at once and to read the copy. Stages take the same rows one after another, so their copies are kept. */

/** Units that are kept: more than the texts of a group of rows mostly have. */
const ROOM = 131_072;
/** Shorter texts are copied one by one sooner than they are found again. */
const SHORT = 24;
/** So many texts are looked at from where the last one was found. */
const NEAR = 32;

let room = new Uint16Array(ROOM);
let bytes = Buffer.from(room.buffer);
let used = 0;
let held: string[] = [];
let starts: number[] = [];
let next = 0;

/** Other texts come now. */
export const forgetCodes = (): void => {
  held = [];
  starts = [];
  used = next = 0;
};

/** Behind what is kept. */
const copy = (text: string): number => {
  const { length } = text;
  if (room.length - used < length) {
    forgetCodes();
    if (room.length < length) {
      room = new Uint16Array(2 * length);
      bytes = Buffer.from(room.buffer);
    }
  }
  if (length < SHORT) for (let i = 0; i < length; i++) room[used + i] = text.charCodeAt(i);
  else bytes.write(text, 2 * used, 'utf16le');
  return used;
};

/** Copies a text that others will ask for. */
export const keepCodes = (text: string): number => {
  const start = copy(text);
  if (text.length < SHORT) return start;
  used += text.length;
  held.push(text);
  starts.push(start);
  return start;
};

/** Where the UTF-16 units of a text begin in `codes()`, both until the next text. */
export const placeCodes = (text: string): number => {
  if (text.length < SHORT) return copy(text);
  const last = held.length - 1;
  if (held[last] === text) return starts[last]!;
  for (let tries = 0, i = next; tries < NEAR && tries <= last; tries++, i++) {
    if (i > last) i = 0;
    if (held[i] !== text) continue;
    next = i + 1;
    return starts[i]!;
  }
  return copy(text);
};

export const codes = (): Uint16Array => room;
