/** Plain sentences in a row, in which people and things come back under their names; and sentences said otherwise. */
import { capital, type Dice, say } from '../dice.ts';
import type { Sample } from '../sample.ts';
import { firstName, inWords } from '../values.ts';
import { ADJECTIVES, ANIMALS, COLOURS, DAYS, FOODS, PEOPLE, PLACES, THINGS, VERBS } from '../words.ts';

const SENTENCES = [
  '{Name} [went|came|walked|ran] to the {place} [on {day}|in the morning|after lunch|with the {person}|].',
  '{Name} {past} the {adjective} {thing}[ and {past2} it|].',
  'The {thing} was {colour}[ and {adjective}| but not {adjective}|].',
  '{Name} [said|asked|told {other}]: "[Where|Why] is the {thing}?"',
  '{Other} [had|wanted|found|liked] {number} {animal}s[ near the {place}|].',
  'The {animal} was [very |too |]{adjective}, so {name} {past} it.',
  'It was {adjective} in the {place}, [and|but] {other} [was happy|did not mind|went home|stayed].',
  '{Name} gave {other} the {thing}. Then {other} had the {thing}.',
  'They [ate|bought|cooked] {food} [together|for {number} people|at the {place}].',
  'If the {thing} is {adjective}, {name} [has to|can|must not] {verb} it.',
  'The {person} [usually|often|never] [comes|calls|helps] [when|if|because] it is {adjective}.',
  'After {number} [days|weeks|minutes|hours] the {thing} was {adjective} again.',
  '{Name} thanked the {person} for the {thing}.',
  'In the end {name} and {other} {past} the {thing}.',
];

const story = (dice: Dice): Sample => {
  const [verb, past] = dice.pick(VERBS);
  const slots = {
    name: firstName(dice),
    other: firstName(dice),
    place: dice.pick(PLACES),
    thing: dice.pick(THINGS),
    person: dice.pick(PEOPLE),
    animal: dice.pick(ANIMALS),
    colour: dice.pick(COLOURS),
    food: FOODS,
    day: DAYS,
    adjective: ADJECTIVES,
    number: inWords(dice.int(2, 20)),
    verb,
    past,
    past2: dice.pick(VERBS)[1],
  };
  return {
    text: dice
      .some(SENTENCES, dice.int(3, 7))
      .map((sentence) => capital(say(dice, sentence, slots)))
      .join(' '),
  };
};

type Rewrite = readonly [told: string, from: string, to: string];
const REWRITES: readonly Rewrite[] = [
  ['as a question', '{name} has the {thing}.', 'Does {name} have the {thing}?'],
  ['as a question', 'The {thing} is {adjective}.', 'Is the {thing} {adjective}?'],
  ['politely', '{verb} the {thing}!', 'Could you please {verb} the {thing}?'],
  ['politely', 'Give me the {thing}!', 'Could you please give me the {thing}?'],
  ['as an order', 'Could you please {verb} the {thing}?', '{verb} the {thing}!'],
  ['in the past', '{name} is in the {place}.', '{name} was in the {place}.'],
  ['in the past', 'They {verb} the {thing}.', 'They {past} the {thing}.'],
  ['in the future', 'They {verb} the {thing}.', 'They will {verb} the {thing}.'],
  ['with not', 'The {thing} is {adjective}.', 'The {thing} is not {adjective}.'],
  ['with not', '{name} likes {food}.', '{name} does not like {food}.'],
  ['with two names', '{name} {past} the {thing}.', '{name} and {other} {past} the {thing}.'],
  [
    'in two sentences',
    '{name} {past} the {thing} and went home.',
    '{name} {past} the {thing}. Then {name} went home.',
  ],
  [
    'in one sentence',
    'The {thing} is {colour}. It is {adjective}.',
    'The {thing} is {colour} and {adjective}.',
  ],
  ['shorter', 'I would like to tell you that the {thing} is {adjective}.', 'The {thing} is {adjective}.'],
  ['shorter', 'Please be so kind as to {verb} the {thing} for me.', 'Please {verb} the {thing}.'],
];

const rewrite = (dice: Dice): Sample => {
  const [told, from, to] = dice.pick(REWRITES);
  const [verb, past] = dice.pick(VERBS);
  const slots = {
    name: firstName(dice),
    other: firstName(dice),
    thing: dice.pick(THINGS),
    place: dice.pick(PLACES),
    colour: dice.pick(COLOURS),
    food: dice.pick(FOODS),
    adjective: dice.pick(ADJECTIVES),
    verb,
    past,
  };
  const [text, answer] = [from, to].map((sentence) => capital(say(dice, sentence, slots))) as [
    string,
    string,
  ];
  const task = told === 'with two names' ? `${told}, add ${slots.other}` : told;
  return { user: say(dice, '[Say this|Write this|Put this] {task}: {text}', { task, text }), answer };
};

export const stories = (dice: Dice): Sample => (dice.chance(0.55) ? story(dice) : rewrite(dice));
