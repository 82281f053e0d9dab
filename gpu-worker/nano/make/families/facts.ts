/** A few facts about a made-up place, and a question that one of them answers; in other words than the fact's. */
import { capital, type Dice, say } from '../dice.ts';
import type { Sample } from '../sample.ts';
import { firstName, fullName, inWords, madeUpWord, type Style, date, time } from '../values.ts';
import { ADJECTIVES, COLOURS, DAYS, FOODS, ORDINALS, PLACES, THINGS } from '../words.ts';

const SAID: Style = { day: 'long', time: 'said', date: 'said' };

type Fact = {
  readonly tell: string;
  readonly ask: string;
  readonly answer: string;
  make(dice: Dice): string;
};
const hour = (dice: Dice): string => time(dice, SAID).said;

const FACTS: readonly Fact[] = [
  {
    tell: 'The {place} opens at {x}.',
    ask: '[When does the {place} open|From when is the {place} open|What time can I come to the {place}]?',
    answer: 'At {x}.',
    make: hour,
  },
  {
    tell: 'Supper is served at {x}.',
    ask: '[When is supper|When do we eat in the evening|At what time is supper]?',
    answer: 'At {x}.',
    make: hour,
  },
  {
    tell: 'The {place} closes at {x}.',
    ask: '[When does the {place} close|Until when is the {place} open]?',
    answer: '[At|Until] {x}.',
    make: hour,
  },
  {
    tell: '{x} is the head of the {place}.',
    ask: '[Who is the head|Who leads the {place}|What is the name of the head]?',
    answer: '{x}.',
    make: fullName,
  },
  {
    tell: '{x} gives the drum course.',
    ask: '[Who gives the drum course|Who teaches us the drum|With whom do I learn the drum]?',
    answer: '{x}.',
    make: fullName,
  },
  {
    tell: 'Tickets are sold by {x}.',
    ask: '[Who sells tickets|Where can I get a ticket|Whom do I ask for tickets]?',
    answer: '[From |]{x}.',
    make: firstName,
  },
  {
    tell: 'The club meets on {x}.',
    ask: '[When does the club meet|On which day is the club]?',
    answer: 'On {x}.',
    make: (d) => d.pick(DAYS),
  },
  {
    tell: 'There is {food} on {x}.',
    ask: '[When do we get {food}|On which day is there {food}]?',
    answer: 'On {x}.',
    make: (d) => d.pick(DAYS),
  },
  {
    tell: 'The feast is on {x}.',
    ask: '[When is the feast|What is the date of the feast]?',
    answer: 'On {x}.',
    make: (d) => date(d, SAID).said,
  },
  {
    tell: 'The holidays begin on {x}.',
    ask: '[When do the holidays begin|From which day are we free]?',
    answer: 'On {x}.',
    make: (d) => date(d, SAID).said,
  },
  {
    tell: 'The office is in room {x}.',
    ask: '[Where is the office|What is the number of the office|In which room is the office]?',
    answer: '[In room|Room] {x}.',
    make: (d) => String(d.int(1, 450)),
  },
  {
    tell: 'The kitchen is on the {x} floor.',
    ask: '[Where is the kitchen|On which floor is the kitchen]?',
    answer: 'On the {x} floor.',
    make: (d) => d.pick(ORDINALS),
  },
  {
    tell: 'Lost things are kept at the {x}.',
    ask: '[Where are lost things|I lost my {thing}. Where do I ask|Where can I pick up a lost {thing}]?',
    answer: 'At the {x}.',
    make: (d) => d.pick(PLACES),
  },
  {
    tell: 'The bus leaves from the {x}.',
    ask: '[Where does the bus leave|Where do I take the bus]?',
    answer: 'From the {x}.',
    make: (d) => d.pick(PLACES),
  },
  {
    tell: 'The door is {x}.',
    ask: '[What colour is the door|Which colour has the door]?',
    answer: '{X}.',
    make: (d) => d.pick(COLOURS),
  },
  {
    tell: 'The boat is called {x}.',
    ask: '[What is the boat called|What is the name of the boat]?',
    answer: '{x}.',
    make: (d) => capital(madeUpWord(d)),
  },
  {
    tell: 'You may borrow {x} books.',
    ask: '[How many books may I borrow|How many books can I take]?',
    answer: '{X} books.',
    make: (d) => inWords(d.int(2, 12)),
  },
  {
    tell: 'A tour lasts {x} minutes.',
    ask: '[How long is a tour|How long does a tour last]?',
    answer: '{x} minutes.',
    make: (d) => String(d.int(4, 20) * 5),
  },
  {
    tell: 'It was built in {x}.',
    ask: '[When was it built|How old is it|In which year was it built]?',
    answer: 'In {x}.',
    make: (d) => String(d.int(1700, 2020)),
  },
];

export const facts = (dice: Dice): Sample => {
  const place = dice.pick(PLACES);
  const told = dice.some(FACTS, dice.int(2, 6)).map((fact) => {
    const slots = { place, food: dice.pick(FOODS), thing: THINGS, x: fact.make(dice) };
    return { fact, slots, sentence: capital(say(dice, fact.tell, slots)) };
  });
  const { fact, slots } = dice.pick(told);
  const text = told.map(({ sentence }) => sentence).join(' ');
  const user = say(dice, fact.ask, slots);
  const answer = say(dice, fact.answer, slots);
  const name = say(dice, '{word} {adjective} {place}', {
    word: capital(madeUpWord(dice)),
    adjective: capital(dice.pick(ADJECTIVES)),
    place: capital(place),
  });
  return dice.chance(0.6)
    ? { system: say(dice, '[Answer|Reply|You speak] for {name}. {text}', { name, text }), user, answer }
    : { user: `${text}\n${user}`, answer };
};
