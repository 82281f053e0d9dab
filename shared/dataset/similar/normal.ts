/** Texts as they are compared: compatibility forms folded (NFKC), in lower case, one space for any run of white space.
 *  Character by character, so that no second text is made where all is ASCII. */
import type { Message, Row } from '../../contracts/row.ts';

const BEYOND_ASCII = /[^\0-\x7f]/;

/** The text, folded as far as single characters cannot be. */
export const folded = (text: string): string =>
  BEYOND_ASCII.test(text) ? text.normalize('NFKC').toLowerCase() : text;

/** UTF-16 unit → its lower case, 32 for white space. */
export const PLAIN = Uint16Array.from({ length: 65_536 }, (_, unit) => {
  if (unit >= 0x41 && unit <= 0x5a) return unit + 32;
  return /\s/.test(String.fromCharCode(unit)) ? 32 : unit;
});

const said = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ role, content, tool_calls = [] }) => [
    ...(role === 'system' || content === null ? [] : [content]),
    ...tool_calls.map(({ function: f }) => f.arguments),
  ]);

/** The texts by which rows are alike: not the system message and the tools, which many rows share. */
export const comparedTexts = (row: Row): readonly string[] => {
  if (row.kind === 'text') return [row.text];
  const answers = row.kind === 'preference' ? [...row.chosen, ...row.rejected] : [];
  return said([...row.messages, ...answers]);
};
