/** OpenAI's preference data, https://platform.openai.com/docs/guides/direct-preference-optimization; Together's and
 *  Fireworks' are the same. An older specification of theirs says completion in place of output. */
import { isFields, step } from '../place.ts';
import { readAnswer, readDialogue, toolsOf } from './dialogue.ts';
import { pairOf } from './pair.ts';
import { reader, type ShapeReader } from './shape.ts';

const KINDS = ['preferred_', 'non_preferred_'] as const;
const NOUNS = ['output', 'completion'] as const;

export const openaiDpo: ShapeReader = {
  name: 'openai-dpo',
  keys: [
    'input',
    'preferred_output',
    'non_preferred_output',
    'preferred_completion',
    'non_preferred_completion',
  ],
  needs: '`input` with `messages`, `preferred_output` and `non_preferred_output`',
  match: (value) => (NOUNS.some((noun) => KINDS.every((kind) => Object.hasOwn(value, kind + noun))) ? 5 : 0),
  toRow(value) {
    const r = reader();
    const { input } = value;
    if (!isFields(input)) r.wrong('/input', input);
    const prompt = isFields(input) ? readDialogue(r, input['messages'], '/input/messages') : [];
    const noun = NOUNS.find((name) => Object.hasOwn(value, `preferred_${name}`)) ?? NOUNS[0];
    const [better, worse] = KINDS.map((kind) => kind + noun) as [string, string];
    const sides = {
      chosen: readAnswer(r, value[better], step(better)),
      rejected: readAnswer(r, value[worse], step(worse)),
    };
    return pairOf(r, prompt, sides, isFields(input) ? toolsOf(r, input, '/input') : {});
  },
};
