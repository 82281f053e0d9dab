/** A trouble → a short answer in the form that the system message asks for. */
import { capital, type Dice, say } from '../dice.ts';
import type { Sample } from '../sample.ts';
import { type Field, FIELDS } from './troubles.ts';

type Parts = { readonly cause: string; readonly step: string; readonly other: string; readonly sign: string };
type Form = { readonly told: string; write(dice: Dice, parts: Parts): string };

const maybe = '[Perhaps|Maybe|It may be that|I think|Probably|It seems that]';

const FORMS: readonly Form[] = [
  {
    told: '[in three sentences|short and clear|briefly]',
    write: (dice, parts) =>
      say(
        dice,
        `${maybe} {cause}. {Step} and {other}. [Ask again|Call us|Write to us|Let us know] if {sign}.`,
        parts,
      ),
  },
  {
    told: '[kindly|like a friend|warmly]',
    write: (dice, parts) =>
      say(
        dice,
        `[Oh no, I am sorry!|Do not worry.|That happens to many people.] ${maybe} {cause}. [You could|Why not] {step}? I hope it helps.`,
        parts,
      ),
  },
  {
    told: '[in one sentence|very short]',
    write: (dice, parts) => say(dice, '{Step}[, then {other}| and wait|].', parts),
  },
  {
    told: '[as a list|in steps|step by step]',
    write: (dice, parts) =>
      say(dice, '1. {Step}.\n2. {Other}.\n3. [Get help|Ask somebody] if {sign}.', parts),
  },
  {
    told: '[with the reason first|and explain why]',
    write: (dice, parts) =>
      say(
        dice,
        '[The reason|Why]: {cause}. [The answer|What to do]: {step}. [Watch out|Careful]: {sign}.',
        parts,
      ),
  },
  {
    told: '[as a careful expert|carefully]',
    write: (dice, parts) =>
      say(
        dice,
        `[In most cases|Mostly|As a rule] {cause}, [but nobody can be sure|so there is no need to worry]. {Step}, {other}, and [ask|see] [an expert|a doctor|somebody who knows] [when|as soon as] {sign}.`,
        parts,
      ),
  },
];

const troubleOf = (dice: Dice, { troubles, things }: Field): string => {
  const trouble = say(dice, dice.pick(troubles), { x: things });
  const question = /^(can|is|should|may|how) /.test(trouble);
  if (question) return `${capital(trouble)}?`;
  return (
    capital(trouble) +
    dice.pick([
      '.',
      '.',
      '.',
      '. What can I do?',
      '. What should I do?',
      '. Why is that?',
      '. Can you help?',
      '. Is it bad?',
    ])
  );
};

export const advice = (dice: Dice): Sample => {
  const field = dice.pick([...FIELDS, FIELDS[4]!, FIELDS[4]!]);
  const form = dice.pick(FORMS);
  const [step, other] = dice.some(field.steps, 2) as [string, string];
  const parts = { cause: dice.pick(field.causes), step, other, sign: dice.pick(field.signs) };
  return {
    system: say(dice, `[Answer|Reply|You answer|Help] [as|like] the {helper}[:| and answer] ${form.told}.`, {
      helper: field.helper,
    }),
    user: troubleOf(dice, field),
    answer: form.write(dice, parts),
  };
};
