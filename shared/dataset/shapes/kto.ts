/** Answers that somebody found good or bad: TRL's `label`, LLaMA-Factory's `kto_tag`. */
import { excerptOf, step, type Fields } from '../place.ts';
import { candidates } from '../columns.ts';
import { LISTS, PROMPT_KEYS, readAnswer, readPrompt, toolsOf } from './dialogue.ts';
import { finish, messagesOf, reader, type Reader, type ShapeReader } from './shape.ts';

const LABELS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
]);
const labelOf = (value: unknown): boolean | undefined => LABELS.get(String(value).trim().toLowerCase());
const tagKey = (value: Fields): 'kto_tag' | 'label' =>
  Object.hasOwn(value, 'kto_tag') ? 'kto_tag' : 'label';

const readLabel = (r: Reader, value: unknown, at: string): boolean => {
  const label = labelOf(value);
  if (label === undefined) r.report('bad_label', at, excerptOf(value));
  return label ?? false;
};

const isDialogue = (value: Fields): boolean =>
  LISTS.some((key) => Object.hasOwn(value, key)) ||
  ((Object.hasOwn(value, 'prompt') || candidates(value, 'prompt').length > 0) &&
    candidates(value, 'completion').length > 0);

export const kto: ShapeReader = {
  name: 'kto',
  keys: ['label', 'kto_tag', 'completion', 'answer', 'response', 'output', 'target', ...PROMPT_KEYS],
  needs: '`prompt`, `completion` and `label` (true or false), or `messages` and `label`',
  match: (value) => (isDialogue(value) && labelOf(value[tagKey(value)]) !== undefined ? 5 : 0),
  toRow(value) {
    const r = reader();
    const tag = tagKey(value);
    const label = readLabel(r, value[tag], step(tag));
    const tools = toolsOf(r, value);
    const prompt = readPrompt(r, value) ?? [];
    const own = LISTS.some((key) => Object.hasOwn(value, key));
    const [key = 'completion'] = candidates(value, 'completion');
    const answer = own ? [] : readAnswer(r, value[key], step(key));
    const all = [...prompt, ...answer];
    const row = all.length > 0 ? { kind: 'kto' as const, messages: messagesOf(all), ...tools, label } : null;
    return finish(r, row, all);
  },
};
