/** Greetings, thanks, small questions about the world, and lists. */
import { type Dice, say } from '../dice.ts';
import type { Sample } from '../sample.ts';
import { firstName } from '../values.ts';
import {
  ADJECTIVES,
  ANIMALS,
  COLOURS,
  DAYS,
  FOODS,
  MONTHS,
  PARTS,
  PEOPLE,
  PLACES,
  THINGS,
} from '../words.ts';

type Exchange = readonly [ask: string, answer: string];

const EXCHANGES: readonly Exchange[] = [
  [
    '[Hello|Hi|Hey|Good day][!|.|, there!]',
    '[Hello! How can I help you?|Hi! What can I do for you?|Good day! What do you need?]',
  ],
  ['[Hello|Hi], I am {name}.', '[Hello, {name}! How can I help?|Nice to meet you, {name}.]'],
  ['My name is {name}. What is my name?', 'Your name is {name}.'],
  ['[Good morning|Good evening|Good afternoon]!', '[Hello! How can I help you?|Good day! What do you need?]'],
  ['[Thanks|Thank you|Thank you very much]!', '[You are welcome!|Gladly.|It was no trouble.]'],
  ['[Bye|Goodbye|See you tomorrow]!', '[Goodbye!|See you!|Have a nice day!]'],
  ['Who are you?', 'I am nano, a very small language model. I know little.'],
  [
    '[What can you do|What are you good at]?',
    'I copy words, write short forms and give short answers. I am very small.',
  ],
  ['How are you?', '[I am fine, thank you. And you?|Fine, thank you.]'],
  ['Can you help me?', '[Yes, gladly. What is it?|Of course. Tell me more.]'],
  ['Where can I buy {food}?', '[At the market.|In a shop.]'],
  ['What is a {animal}?', 'A {animal} is an animal.'],
  ['What is a {thing}?', 'A {thing} is a thing that people use.'],
  ['What is {colour}?', '{Colour} is a colour.'],
  ['Is {food} something to eat?', 'Yes.'],
  ['Is a {thing} something to eat?', 'No.'],
  ['Is a {animal} a kind of {other}?', 'No, a {animal} is an animal.'],
  ['Who works with a {tool}?', '[A worker|A mechanic] works with a {tool}.'],
  ['What does a {person} need?', 'A {person} needs a {thing}.'],
  ['How many days has a week?', 'Seven.'],
  ['How many months has a year?', 'Twelve.'],
  ['How many minutes has an hour?', 'Sixty.'],
  ['[Is|Will] it [be |]{adjective} today?', 'I do not know that.'],
  ['[Can|Could|Would] you [wash|carry|paint] my {thing}?', 'No, I can only write.'],
];

const SETS: readonly (readonly [string, readonly string[]])[] = [
  ['animals', ANIMALS],
  ['colours', COLOURS],
  ['days', DAYS],
  ['months', MONTHS],
  ['things', THINGS],
  ['places', PLACES],
  ['kinds of people', PEOPLE],
  ['things to eat or drink', FOODS],
  ['parts of the body', PARTS],
];

const list = (dice: Dice): Sample => {
  const n = dice.int(2, 6);
  const [kind, set] = dice.pick(SETS);
  const told = dice.some(set, n);
  return {
    user: say(dice, '[Name|List|Give me|Write] {n} {kind}.', {
      n: dice.chance(0.5) ? String(n) : ['two', 'three', 'four', 'five', 'six'][n - 2]!,
      kind,
    }),
    answer: told.join(', '),
  };
};

const belongs = (dice: Dice): Sample => {
  const [one, other] = dice.some(SETS, 2) as [(typeof SETS)[number], (typeof SETS)[number]];
  const yes = dice.chance(0.5);
  return {
    user: `Is ${dice.pick(yes ? one[1] : other[1])} one of the ${one[0]}?`,
    answer: yes ? 'Yes.' : 'No.',
  };
};

export const talk = (dice: Dice): Sample => {
  if (dice.chance(0.3)) return list(dice);
  if (dice.chance(0.2)) return belongs(dice);
  const slots = {
    name: firstName(dice),
    food: dice.pick(FOODS),
    animal: dice.pick(ANIMALS),
    thing: dice.pick(THINGS),
    other: dice.pick(THINGS),
    tool: dice.pick(['hammer', 'drum', 'saw', 'brush', 'screw', 'ladder']),
    colour: dice.pick(COLOURS),
    person: dice.pick(PEOPLE),
    adjective: dice.pick(ADJECTIVES),
  };
  const [user, answer] = dice.pick(EXCHANGES);
  return {
    ...(dice.chance(0.3) && {
      system: say(dice, '[You are a helpful assistant.|Be friendly and short.|You are nano.]'),
    }),
    user: say(dice, user, slots),
    answer: say(dice, answer, slots),
  };
};
