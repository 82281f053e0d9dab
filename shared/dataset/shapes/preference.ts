/** Pairs of answers as TRL, torchtune, LLaMA-Factory, Bailian and ms-swift write them. */
import { candidates } from '../columns.ts';
import { step, type Fields } from '../place.ts';
import { LISTS, PROMPT_KEYS, readAnswer, readDialogue, readPrompt, toolsOf } from './dialogue.ts';
import { holdPrompt, pairOf } from './pair.ts';
import { opening, placed, reader, type ShapeReader } from './shape.ts';

/** ms-swift: the chosen answer ends the messages or is the `response`, the other one stands alone. */
const REJECTED = ['rejected_response', 'rejected_messages'] as const;

/** What the two answers are called; StackExchange's pairs name the better one first. */
const SIDES = [
  ['chosen', 'rejected'],
  ['response_j', 'response_k'],
  ['chosen_response', 'rejected_response'],
  ['chosen_conversations', 'rejected_conversations'],
] as const;

const has = (value: Fields, ...keys: readonly string[]): boolean =>
  keys.every((key) => Object.hasOwn(value, key));

const sidesOf = (value: Fields) => SIDES.find((names) => has(value, ...names));

const endsChosen = (value: Fields): (typeof REJECTED)[number] | undefined =>
  sidesOf(value) ? undefined : REJECTED.find((key) => Object.hasOwn(value, key));

export const preference: ShapeReader = {
  name: 'preference',
  keys: [...SIDES.flat(), ...REJECTED, 'response', ...PROMPT_KEYS],
  needs:
    '`prompt`, `chosen` and `rejected`, each as text or as a list of messages; the prompt may also stand at the beginning of both',
  match: (value) => (sidesOf(value) || endsChosen(value) !== undefined ? 5 : 0),
  toRow(value) {
    const r = reader();
    const tools = toolsOf(r, value);
    const other = endsChosen(value);
    if (other !== undefined) {
      const list = LISTS.find((key) => Object.hasOwn(value, key));
      const rejected = readAnswer(r, value[other], step(other));
      if (list === undefined) {
        const [key = 'response'] = candidates(value, 'completion');
        const chosen = readAnswer(r, value[key], step(key));
        return pairOf(r, readPrompt(r, value), { chosen, rejected }, tools);
      }
      const whole = readDialogue(r, value[list], step(list));
      const from = whole.findLastIndex(({ message: { role } }) => role === 'user') + 1;
      if (from > 0 && from === whole.length)
        r.report(
          'missing_column',
          step(list),
          'no answer follows the last question',
          'End the messages with the answer that was chosen, or remove the row',
        );
      const sides = { chosen: whole.slice(from), rejected };
      return pairOf(r, whole.slice(0, from), sides, tools);
    }
    const [better, worse] = sidesOf(value) ?? SIDES[0];
    const sides = {
      chosen: readAnswer(r, value[better], step(better)),
      rejected: readAnswer(r, value[worse], step(worse)),
    };
    // what a row says of the prompt once more, under whatever names, is not asked for
    const given = holdPrompt(sides) ? opening(r, value).map(placed) : readPrompt(r, value);
    return pairOf(r, given, sides, tools);
  },
};
