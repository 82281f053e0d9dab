/** Questions with answers to choose from. */
import { candidates } from '../columns.ts';
import { isFields, type Fields } from '../place.ts';

const LETTERS = ['A', 'B', 'C'];
/** An answer that only names one of the choices. */
const NAMES_ONE = /^\(?[A-J\d]\)?\.?$/i;

/** The choices: a list, texts by their letters, or columns of letters. Null where there are none. */
const choicesOf = (value: Fields): readonly unknown[] | null => {
  for (const key of ['choices', 'options']) {
    const found = value[key];
    const list = isFields(found) ? (found['text'] ?? Object.values(found)) : found;
    if (Array.isArray(list) && list.length > 1 && list.every((choice) => !isFields(choice))) return list;
  }
  return LETTERS.every((letter) => Object.hasOwn(value, letter))
    ? LETTERS.map((letter) => value[letter])
    : null;
};

/** A question that shows its choices, as A. … B. … or (1) … (2) … */
const SHOWN = [/(?:^|[\s(])[A1][).:、．]/i, /[\s(][B2][).:、．]/i];

/** Whether the right answer is a letter or a number whose choices the question does not show: learnt so, it is a guess. */
export const isChoice = (value: Fields): boolean => {
  if (!choicesOf(value)) return false;
  const answer = value[candidates(value, 'completion')[0] ?? ''];
  if (answer !== undefined && !NAMES_ONE.test(String(answer).trim())) return false;
  const asked = String(value[candidates(value, 'prompt')[0] ?? '']);
  return !SHOWN.every((mark) => mark.test(asked));
};
