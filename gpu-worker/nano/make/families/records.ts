/** Facts in a sentence → a record with the keys that were asked for; and a record → an answer about it. */
import { type Dice, say } from '../dice.ts';
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
import { COLOURS, FOODS, PLACES, THINGS } from '../words.ts';

const STYLE: Style = { day: 'short', time: '24', date: 'MM-DD' };
type Field = { readonly keys: readonly string[]; readonly told: readonly string[]; make(dice: Dice): Value };
const plain = (said: string): Value => ({ said, value: said });

const FIELDS: readonly Field[] = [
  {
    keys: ['name', 'person', 'who', 'guest', 'owner'],
    told: ['it is for {said}', 'the name is {said}', '{said}'],
    make: (d) => plain(fullName(d)),
  },
  {
    keys: ['day', 'weekday', 'on'],
    told: ['on {said}', '{said}', 'this {said}'],
    make: (d) => day(d, STYLE),
  },
  {
    keys: ['time', 'at', 'start', 'from'],
    told: ['at {said}', 'from {said}', '{said}', 'it starts at {said}'],
    make: (d) => time(d, STYLE),
  },
  { keys: ['date', 'since', 'until'], told: ['{said}', 'the date is {said}'], make: (d) => date(d, STYLE) },
  { keys: ['minutes', 'length', 'lasts'], told: ['for {said}', 'it takes {said}'], make: minutes },
  {
    keys: ['count', 'number', 'pieces', 'amount'],
    told: ['{said} of them', '{said} pieces', 'we need {said}'],
    make: (d) => number(d),
  },
  {
    keys: ['code', 'key', 'id', 'ticket'],
    told: ['code {said}', 'the id is {said}', 'number {said}'],
    make: (d) => plain(code(d)),
  },
  {
    keys: ['thing', 'item', 'object'],
    told: ['a {said}', 'the {said}', 'my {said}'],
    make: (d) => plain(d.pick(THINGS)),
  },
  {
    keys: ['place', 'where', 'room'],
    told: ['in the {said}', 'near the {said}', 'at the {said}'],
    make: (d) => plain(d.pick(PLACES)),
  },
  {
    keys: ['colour', 'paint'],
    told: ['it is {said}', 'in {said}', 'colour {said}'],
    make: (d) => plain(d.pick(COLOURS)),
  },
  {
    keys: ['food', 'dish', 'meal'],
    told: ['with {said}', 'we eat {said}'],
    make: (d) => plain(d.pick(FOODS)),
  },
  {
    keys: ['task', 'todo', 'text', 'note'],
    told: ['{said}', 'I have to {said}', 'do not forget to {said}'],
    make: (d) => plain(errand(d)),
  },
];

type Told = { readonly key: string; readonly sentence: string; readonly value: Value };
const tell = (dice: Dice, n: number): Told[] =>
  dice.some(FIELDS, n).map((field) => {
    const value = field.make(dice);
    return {
      key: dice.pick(field.keys),
      sentence: say(dice, dice.pick(field.told), { said: value.said }),
      value,
    };
  });
const sentenceOf = (told: readonly Told[], between: string): string =>
  told.map(({ sentence }) => sentence).join(between);

const toJson = (dice: Dice): Sample => {
  const told = tell(dice, dice.int(1, 4));
  const asked = dice.chance(0.3) ? dice.some(told, told.length) : told;
  const keys = asked.map(({ key }) => key).join(', ');
  return {
    ...(dice.chance(0.4) && {
      system: say(dice, '[You turn notes into JSON.|Notes in, JSON out.|Answer with one JSON object.]'),
    }),
    user: say(dice, '[JSON with|Keys|Give JSON, keys|Record of] {keys}: {text}.', {
      keys,
      text: sentenceOf(told, dice.pick([', ', '; ', ', and '])),
    }),
    answer: JSON.stringify(Object.fromEntries(asked.map(({ key, value }) => [key, value.value]))),
  };
};

const oneOf = (dice: Dice): Sample => {
  const told = tell(dice, dice.int(2, 4));
  const { key, value } = dice.pick(told);
  return {
    user: say(dice, '{Text}. [What is the {key}?|{key}?|Only the {key}, please.]', {
      key,
      text: sentenceOf(told, ', '),
    }),
    answer: String(value.value),
  };
};

const fromJson = (dice: Dice): Sample => {
  const told = tell(dice, dice.int(2, 4));
  const { key, value } = dice.pick(told);
  const record = JSON.stringify(Object.fromEntries(told.map((t) => [t.key, t.value.value])));
  return {
    user: say(dice, '{record} [What is {key}?|Give me {key}.|{key}?]', { record, key }),
    answer: String(value.value),
  };
};

const TASKS = [toJson, toJson, toJson, oneOf, oneOf, fromJson];

export const records = (dice: Dice): Sample => dice.pick(TASKS)(dice);
