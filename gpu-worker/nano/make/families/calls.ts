/** A request in plain words → one call. What is said must be found, turned into its written form and copied. */
import type { Dice } from '../dice.ts';
import { capital, say } from '../dice.ts';
import type { Sample } from '../sample.ts';
import {
  code,
  date,
  day,
  errand,
  fullName,
  minutes,
  number,
  type Style,
  time,
  type Value,
} from '../values.ts';
import { ORDINALS } from '../words.ts';
import { type Argument, DOMAINS, type Domain, type Kind } from './domains.ts';

const LEVELS: readonly (readonly [string, readonly string[]])[] = [
  [
    'low',
    [
      'No hurry.',
      'It can wait.',
      'Some time is fine.',
      'When there is time.',
      'Not urgent.',
      'Later is fine.',
    ],
  ],
  ['normal', ['', '', '', 'Thank you.', 'Please help.']],
  [
    'high',
    [
      'Urgent!',
      'At once, please!',
      'It is urgent.',
      'Right now!',
      'Quick!',
      'We cannot wait.',
      'Immediately, please.',
    ],
  ],
];

const level = (dice: Dice): Value => {
  const [value, wordings] = dice.pick(LEVELS);
  return { said: dice.pick(wordings), value };
};

const KINDS: Readonly<Record<Kind, (dice: Dice, style: Style) => Value>> = {
  day,
  time,
  date,
  minutes,
  level,
  count: (dice) => number(dice),
  place: (dice) => number(dice, 9),
  name: (dice) => plain(fullName(dice)),
  errand: (dice) => plain(errand(dice)),
  code: (dice) => plain(code(dice)),
};
const plain = (said: string): Value => ({ said, value: said });

const valueOf = (dice: Dice, argument: Argument, style: Style): Value => {
  if (typeof argument === 'string') return KINDS[argument](dice, style);
  if ('among' in argument) return plain(dice.pick(argument.among.split(' ')));
  const value = dice.chance(0.5);
  return { said: argument.claim[value ? 0 : 1], value };
};

type Args = Readonly<Record<string, Value['value']>>;
type Form = { readonly told: string; write(name: string, args: Args): string };
const json = (value: unknown): string => JSON.stringify(value);
const pairs = (args: Args, between: string): string[] =>
  Object.entries(args).map(
    ([key, value]) => `${key}${between}${typeof value === 'string' ? json(value) : String(value)}`,
  );

const FORMS: readonly Form[] = [
  { told: 'JSON with name and arguments', write: (name, args) => json({ name, arguments: args }) },
  { told: 'JSON with tool and input', write: (tool, input) => json({ tool, input }) },
  { told: 'JSON with action and values', write: (action, values) => json({ action, values }) },
  { told: 'one flat JSON object', write: (call, args) => json({ call, ...args }) },
  { told: 'JSON with do and with', write: (what, args) => json({ do: what, with: args }) },
  { told: 'JSON with method and params', write: (method, params) => json({ method, params }) },
  { told: 'a line of code', write: (name, args) => `${name}(${pairs(args, '=').join(', ')})` },
  { told: 'lines', write: (name, args) => [`call: ${name}`, ...pairs(args, ': ')].join('\n') },
];

const PLAIN_STYLE: Style = { day: 'short', time: '24', date: 'MM-DD' };
const styleOf = (dice: Dice): Style =>
  dice.chance(0.7)
    ? PLAIN_STYLE
    : {
        day: dice.pick(['short', 'long', 'lower']),
        time: dice.pick(['24', 'said']),
        date: dice.pick(['MM-DD', 'DD.MM.', 'said']),
      };

/** Says what is unusual about a style, so that it can be known. */
const told = ({ day: d, time: t, date: a }: Style): string => {
  const days = { short: '', long: ' Days in full.', lower: ' Days in full and small.' };
  const times = { 24: '', said: ' Times as said.' };
  const dates = { 'MM-DD': '', 'DD.MM.': ' Dates as DD.MM.', said: ' Dates as said.' };
  return days[d] + times[t] + dates[a];
};

const systemOf = (dice: Dice, { title, calls }: Domain, form: Form, style: Style): string => {
  const nouns = [...new Set(calls.map(({ name }) => name.split('.')[0]!))];
  const list = dice.chance(0.15)
    ? ` Calls: ${calls.map(({ name, args }) => `${name}(${Object.keys(args).join(', ')})`).join(', ')}.`
    : '';
  const opening = say(
    dice,
    '{title} [API|service|desk|bot]. [Answer|Reply|Respond] [with|as|in] {form}[|: {nouns}].',
    {
      title,
      form: form.told,
      nouns: nouns.join(', '),
    },
  );
  return opening + list + told(style);
};

const POLITE = [
  '',
  '',
  '',
  '',
  'Hello, ',
  'Hi! ',
  'Good morning. ',
  'One more thing: ',
  'Please note: ',
  'New request. ',
];

export const calls = (dice: Dice): Sample => {
  const domain = dice.pick(DOMAINS);
  const { name, args, say: sentences } = dice.pick(domain.calls);
  const [form, style] = [dice.pick(FORMS), styleOf(dice)];
  const slots: Record<string, string> = {};
  const values: Record<string, Value['value']> = {};
  for (const [key, argument] of Object.entries(args)) {
    const { said, value } = valueOf(dice, argument, style);
    slots[key] = said;
    values[key] = value;
    if (argument === 'place') slots[`${key}_th`] = ORDINALS[Number(value) - 1]!;
  }
  const request = capital(say(dice, dice.pick(POLITE) + dice.pick(sentences), slots));
  const system = systemOf(dice, domain, form, style);
  return { system, user: request, answer: form.write(name, values) };
};
