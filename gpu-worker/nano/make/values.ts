/** Values as people say them and as a program writes them. */
import { capital, type Dice, say } from './dice.ts';
import {
  DAYS,
  FIRST_NAMES,
  LAST_NAMES,
  MONTHS,
  PEOPLE,
  PLACES,
  SMALL,
  TASKS,
  TENS,
  THINGS,
} from './words.ts';

/** `said` stands in a sentence; `value` is what JSON gets. */
export type Value = { readonly said: string; readonly value: string | number | boolean };
export type Style = {
  readonly day: 'short' | 'long' | 'lower';
  readonly time: '24' | 'said';
  readonly date: 'MM-DD' | 'DD.MM.' | 'said';
};

const two = (n: number): string => String(n).padStart(2, '0');

/** Up to 99. */
export const inWords = (n: number): string => {
  if (n < 20) return SMALL[n]!;
  return n % 10 === 0 ? TENS[n / 10]! : `${TENS[Math.floor(n / 10)]}-${SMALL[n % 10]}`;
};

/** Letters that nobody has seen together, so that they can only be copied. */
export const madeUpWord = (dice: Dice): string => {
  const syllable = (): string =>
    dice.pick([...'bdfghjklmnprstvwz', 'br', 'st', 'tr', 'sh', 'kl']) + dice.pick([...'aeiou']);
  const inner = Array.from({ length: dice.int(1, 3) }, syllable).join('');
  return inner + dice.pick(['', '', ...'lmnrstkx']);
};

export const firstName = (dice: Dice): string =>
  dice.chance(0.5) ? dice.pick(FIRST_NAMES) : capital(madeUpWord(dice));
const lastName = (dice: Dice): string => {
  const kind = dice.int(0, 3);
  if (kind === 0) return dice.pick(LAST_NAMES);
  return capital(kind === 1 ? dice.pick(THINGS) : madeUpWord(dice));
};
export const fullName = (dice: Dice): string => `${firstName(dice)} ${lastName(dice)}`;

export const code = (dice: Dice): string =>
  Array.from({ length: dice.int(2, 6) }, () => dice.pick([...'ABCDEFGHKLMNPRSTUVWXYZ0123456789'])).join('');

export const number = (dice: Dice, most = 99): Value => {
  const value = dice.chance(0.5) ? dice.int(1, Math.min(most, 12)) : dice.int(1, most);
  if (value === 12 && dice.chance(0.3)) return { said: 'a dozen', value };
  return { said: dice.chance(0.3) && value < 100 ? inWords(value) : String(value), value };
};

export const time = (dice: Dice, style: Style): Value => {
  const hour = dice.int(6, 21);
  const minute = dice.pick([0, 0, 0, 15, 30, 45, dice.int(0, 11) * 5]);
  const clock = `${two(hour)}:${two(minute)}`;
  const twelve = hour > 12 ? hour - 12 : hour;
  const half = hour < 12 ? 'am' : 'pm';
  const forms = [`${hour}:${two(minute)}`, `${hour}:${two(minute)}`, clock];
  if (minute === 0)
    forms.push(`${twelve} ${half}`, `${twelve} ${half}`, hour === 12 ? 'noon' : `${twelve} ${half}`);
  if (minute > 0 && hour < 13) forms.push(`${twelve}:${two(minute)} ${half}`);
  if (minute === 30 && hour < 12) forms.push(`half past ${SMALL[hour]}`);
  const said = dice.pick(forms);
  return { said, value: style.time === '24' ? clock : said };
};

export const day = (dice: Dice, style: Style): Value => {
  const said = dice.pick(DAYS);
  const written = { short: said.slice(0, 3).toLowerCase(), long: said, lower: said.toLowerCase() };
  return { said, value: written[style.day] };
};

export const date = (dice: Dice, style: Style): Value => {
  const month = dice.int(1, 12);
  const of = dice.int(1, 28);
  const name = MONTHS[month - 1]!;
  const said = dice.pick([`${of} ${name}`, `${of} ${name}`, `${of} ${name}`, `${name} ${of}`]);
  const written = { 'MM-DD': `${two(month)}-${two(of)}`, 'DD.MM.': `${two(of)}.${two(month)}.`, said };
  return { said, value: written[style.date] };
};

export const minutes = (dice: Dice): Value =>
  dice.pick<Value>([
    { said: 'an hour', value: 60 },
    { said: 'half an hour', value: 30 },
    { said: 'one hour', value: 60 },
    { said: 'two hours', value: 120 },
    { said: 'three hours', value: 180 },
    ...Array.from({ length: 6 }, () => {
      const value = dice.int(1, 30) * 5;
      return { said: `${value} minutes`, value };
    }),
  ]);

/** Something to do, four words at most. */
export const errand = (dice: Dice): string => {
  const what = dice.pick([THINGS, THINGS, PEOPLE, PLACES]);
  return say(dice, '{task} [the|the|the|a|my|our] {what}', { task: TASKS, what });
};
