/** One value from one written form into another, and sums. */
import { type Dice, say } from '../dice.ts';
import type { Sample } from '../sample.ts';
import { date, day, inWords, minutes, number, type Style, time, type Value } from '../values.ts';
import { DAYS, MONTHS, ORDINALS } from '../words.ts';

const STYLE: Style = { day: 'short', time: '24', date: 'MM-DD' };

const ask = (dice: Dice, question: string, { said, value }: Value): Sample => ({
  user: say(dice, question, { said }),
  answer: String(value),
});

const ordinal = (dice: Dice): Sample => {
  const n = dice.int(1, 9);
  return dice.chance(0.5)
    ? { user: `Which number is the ${ORDINALS[n - 1]}?`, answer: String(n) }
    : {
        user: say(dice, '[Write|Say] {n} as in first, second, third.', { n: String(n) }),
        answer: ORDINALS[n - 1]!,
      };
};

const next = (dice: Dice): Sample => {
  const list = dice.pick([DAYS, MONTHS]);
  const at = dice.int(0, list.length - 1);
  const after = dice.chance(0.5);
  return {
    user: say(dice, '[Which|What] {kind} [comes|is] {way} {said}?', {
      kind: list === DAYS ? 'day' : 'month',
      way: after ? 'after' : 'before',
      said: list[at]!,
    }),
    answer: list[(at + (after ? 1 : list.length - 1)) % list.length]!,
  };
};

const sum = (dice: Dice): Sample => {
  const most = dice.pick([9, 9, 20, 99]);
  const [a, b] = [dice.int(0, most), dice.int(0, most)];
  const [high, low] = a > b ? [a, b] : [b, a];
  const [told, answer] = dice.pick([
    [`${a} + ${b}`, a + b],
    [`${high} - ${low}`, high - low],
    [`${a} plus ${b}`, a + b],
    [`${high} minus ${low}`, high - low],
    [`${a % 10} times ${b % 10}`, (a % 10) * (b % 10)],
  ] as const);
  return { user: say(dice, '[What is {told}?|{told} =|Count: {told}]', { told }), answer: String(answer) };
};

const compare = (dice: Dice): Sample => {
  const [a, b] = dice.some(
    Array.from({ length: 99 }, (_, i) => i),
    2,
  ) as [number, number];
  const more = dice.chance(0.5);
  return {
    user: `Which is ${more ? 'more' : 'less'}: ${a} or ${b}?`,
    answer: String(more ? Math.max(a, b) : Math.min(a, b)),
  };
};

/** Several values in one sentence, written one after the other. */
const several = (dice: Dice): Sample => {
  const made = dice.some(
    [time(dice, STYLE), day(dice, STYLE), date(dice, STYLE), minutes(dice), number(dice)],
    dice.int(2, 3),
  );
  return {
    user: `Short form of each: ${made.map(({ said }) => said).join(', ')}`,
    answer: made.map(({ value }) => String(value)).join(', '),
  };
};

const TASKS: readonly ((dice: Dice) => Sample)[] = [
  (dice) => ask(dice, '[Write|Give] {said} as HH:MM.', time(dice, STYLE)),
  (dice) => ask(dice, '{said} [as HH:MM|on a 24 hour clock|as a time]', time(dice, STYLE)),
  (dice) => ask(dice, '[Write|Give] {said} as MM-DD.', date(dice, STYLE)),
  (dice) => ask(dice, '{said} [as MM-DD|as a short date]', date(dice, STYLE)),
  (dice) => ask(dice, '[Shorten {said}.|{said} in three letters]', day(dice, STYLE)),
  (dice) => ask(dice, '[How many minutes are {said}?|{said} in minutes]', minutes(dice)),
  (dice) => ask(dice, '[Write {said} in digits.|{said} as a number]', number(dice)),
  (dice) => {
    const value = dice.int(0, 99);
    return {
      user: say(dice, '[Write {value} in words.|{value} as a word]', { value: String(value) }),
      answer: inWords(value),
    };
  },
  ordinal,
  next,
  sum,
  sum,
  compare,
  several,
  several,
];

export const convert = (dice: Dice): Sample => dice.pick(TASKS)(dice);
