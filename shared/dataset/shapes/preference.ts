/** Pairs of answers as TRL, LLaMA-Factory, Bailian and ms-swift write them. */
import { step, type Fields } from '../place.ts';
import { LISTS, PROMPT_KEYS, readAnswer, readDialogue, readPrompt, toolsOf } from './dialogue.ts';
import { pairOf } from './pair.ts';
import { reader, type ShapeReader } from './shape.ts';

/** ms-swift: the chosen answer ends the messages, the other one stands alone. */
const REJECTED = ['rejected_response', 'rejected_messages'] as const;

const endsChosen = (value: Fields): (typeof REJECTED)[number] | undefined =>
  Object.hasOwn(value, 'chosen') ? undefined : REJECTED.find((key) => Object.hasOwn(value, key));

const has = (value: Fields, ...keys: readonly string[]): boolean =>
  keys.every((key) => Object.hasOwn(value, key));

export const preference: ShapeReader = {
  name: 'preference',
  keys: ['chosen', 'rejected', ...REJECTED, ...PROMPT_KEYS],
  needs:
    '`prompt`, `chosen` and `rejected`, each as text or as a list of messages; the prompt may also stand at the beginning of both',
  match: (value) => (has(value, 'chosen', 'rejected') || endsChosen(value) !== undefined ? 5 : 0),
  toRow(value) {
    const r = reader();
    const tools = toolsOf(r, value);
    const other = endsChosen(value);
    if (other !== undefined) {
      const list = LISTS.find((key) => Object.hasOwn(value, key)) ?? 'messages';
      const whole = readDialogue(r, value[list], step(list));
      const from = whole.findLastIndex(({ message: { role } }) => role === 'user') + 1;
      const rejected = readAnswer(r, value[other], step(other));
      const sides = { chosen: whole.slice(from), rejected };
      return pairOf(r, whole.slice(0, from), sides, tools);
    }
    const sides = {
      chosen: readAnswer(r, value['chosen'], '/chosen'),
      rejected: readAnswer(r, value['rejected'], '/rejected'),
    };
    return pairOf(r, readPrompt(r, value), sides, tools);
  },
};
