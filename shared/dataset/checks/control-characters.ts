import { inTexts, match, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

const CONTROL = /(?![\t\n\r])\p{Cc}|[\u2028\u2029]/u;
const ALL = new RegExp(CONTROL, 'gu');
/** Colours and cursor movements of a terminal. */
const ESCAPES = new RegExp(String.raw`\x1b\[[\d;?]*[A-Za-z]`, 'g');
/** What other systems end lines and pages with. */
const BREAKS = /\v|\f|[\u0085\u2028\u2029]/g;

export const controlCharacters: RowCheck = {
  code: 'control_characters',
  needs: MARK.control,
  ...warns,
  fixable: true,
  message: 'Control characters (zero bytes, terminal colours, page breaks) stand in a text',
  fix: 'Remove them',
  find: (view) =>
    inTexts(view, ({ text, scan }) => (scan.marks & MARK.control ? match(text, CONTROL) : null)),
  mendText: (text) => text.replaceAll(ESCAPES, '').replaceAll(BREAKS, '\n').replaceAll(ALL, ''),
};
