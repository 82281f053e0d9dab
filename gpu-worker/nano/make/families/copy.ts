/** Small tasks whose answer stands in the question: repeating, looking up, choosing, turning round, counting. */
import { type Dice, say } from '../dice.ts';
import type { Sample } from '../sample.ts';
import { code, errand, firstName, fullName, madeUpWord } from '../values.ts';
import { ADJECTIVES, ANIMALS, COLOURS, FOODS, PEOPLE, PLACES, THINGS } from '../words.ts';

const LISTS = [THINGS, PLACES, PEOPLE, ANIMALS, FOODS, COLOURS, ADJECTIVES];

/** Different ones of one kind: words, names, codes or words that nobody knows. */
const items = (dice: Dice, n: number): string[] => {
  const make = dice.pick([null, null, firstName, fullName, code, madeUpWord]);
  if (!make) return dice.some(dice.pick(LISTS), n);
  const found = new Set<string>();
  while (found.size < n) found.add(make(dice));
  return [...found];
};

const repeat = (dice: Dice): Sample => {
  const what = dice.pick([
    () => items(dice, dice.int(1, 5)).join(' '),
    () => fullName(dice),
    () => code(dice),
    () => `${errand(dice)} ${dice.pick(['now', 'today', 'again', 'for me'])}`,
    () => `the ${dice.pick(ADJECTIVES)} ${dice.pick(THINGS)} of ${fullName(dice)}`,
  ])();
  return {
    user: say(dice, '[Repeat|Say|Write|Copy|Echo|Type][ this| exactly| after me|]: {what}', { what }),
    answer: what,
  };
};

const lookUp = (dice: Dice): Sample => {
  const keys = items(dice, dice.int(2, 6));
  const values = keys.map(() =>
    dice.pick([code, fullName, () => dice.pick(PLACES), () => String(dice.int(1, 999))])(dice),
  );
  const asked = dice.int(0, keys.length - 1);
  const [between, end] = dice.pick([
    [': ', '. '],
    [' = ', ', '],
    [' -> ', '; '],
    [': ', '\n'],
    [' has ', ', '],
  ] as const);
  const list = keys.map((key, i) => key + between + values[i]!).join(end);
  const question = say(
    dice,
    '[What belongs to|Look up|Find|And|Value of|What about|Which one is for] {key}?',
    { key: keys[asked]! },
  );
  return { user: `${list}${end.trim() === '' ? '\n' : end}${question}`, answer: values[asked]! };
};

const choose = (dice: Dice): Sample => {
  const list = items(dice, dice.int(3, 6));
  const [told, at] = dice.pick([
    ['first', 0],
    ['last', list.length - 1],
    ['second', 1],
    ['third', 2],
  ] as const);
  return {
    user: say(
      dice,
      '[Which is the {told} of|What comes {told} in|Name the {told} one|Give me the {told}]: {list}[?|]',
      { told, list: list.join(', ') },
    ),
    answer: list[at]!,
  };
};

const neighbour = (dice: Dice): Sample => {
  const list = items(dice, dice.int(3, 7));
  const after = dice.chance(0.5);
  const at = dice.int(after ? 0 : 1, list.length - (after ? 2 : 1));
  const way = after ? 'after' : 'before';
  return {
    user: say(dice, '{list}. [What|Which one|Who] [comes|stands|is] {way} {key}?', {
      list: list.join(', '),
      way,
      key: list[at]!,
    }),
    answer: list[at + (after ? 1 : -1)]!,
  };
};

const turn = (dice: Dice): Sample => {
  const list = items(dice, dice.int(2, 5));
  const [told, made] = dice.pick([
    ['in reverse', list.toReversed().join(', ')],
    ['in capitals', list.join(', ').toUpperCase()],
    ['with "and" between them', list.join(' and ')],
    ['one on each line', list.join('\n')],
    ['as a list with dashes', list.map((item) => `- ${item}`).join('\n')],
    ['as a numbered list', list.map((item, i) => `${i + 1}. ${item}`).join('\n')],
    ['as a JSON array', JSON.stringify(list)],
    ['from A to Z', list.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)).join(', ')],
    ['without the first one', list.slice(1).join(', ')],
  ] as const);
  return {
    user: say(dice, '[Write|Give me|Put] {told}: {list}', { told, list: list.join(', ') }),
    answer: made,
  };
};

const count = (dice: Dice): Sample => {
  const list = items(dice, dice.int(1, 7));
  return {
    user: say(dice, 'How many [are here|words do you see|things are listed]: {list}', {
      list: list.join(', '),
    }),
    answer: String(list.length),
  };
};

const spell = (dice: Dice): Sample => {
  const word = dice.chance(0.5) ? madeUpWord(dice) : dice.pick(dice.pick(LISTS));
  return { user: say(dice, 'Spell [the word |]{word}.', { word }), answer: [...word].join('-') };
};

/** Lines of letters where each pair of neighbours comes again and again: the purest exercise in copying. */
const chant = (dice: Dice): Sample => {
  const list = items(dice, dice.int(3, 8));
  return {
    text: Array.from({ length: dice.int(2, 3) }, () => list.join(' ')).join(dice.pick([' ', '\n', '. '])),
  };
};

const TASKS = [repeat, repeat, lookUp, lookUp, lookUp, choose, neighbour, turn, turn, count, spell, chant];

export const copy = (dice: Dice): Sample => dice.pick(TASKS)(dice);
