/** OpenAI's preference data, https://platform.openai.com/docs/guides/direct-preference-optimization; Together's and
 *  Fireworks' are the same. */
import { isFields } from '../place.ts';
import { readAnswer, readDialogue, toolsOf } from './dialogue.ts';
import { pairOf } from './pair.ts';
import { reader, type ShapeReader } from './shape.ts';

export const openaiDpo: ShapeReader = {
  name: 'openai-dpo',
  keys: ['input', 'preferred_output', 'non_preferred_output'],
  needs: '`input` with `messages`, `preferred_output` and `non_preferred_output`',
  match: (value) =>
    Object.hasOwn(value, 'preferred_output') && Object.hasOwn(value, 'non_preferred_output') ? 5 : 0,
  toRow(value) {
    const r = reader();
    const { input } = value;
    if (!isFields(input)) r.wrong('/input', input);
    const prompt = isFields(input) ? readDialogue(r, input['messages'], '/input/messages') : [];
    const sides = {
      chosen: readAnswer(r, value['preferred_output'], '/preferred_output'),
      rejected: readAnswer(r, value['non_preferred_output'], '/non_preferred_output'),
    };
    return pairOf(r, prompt, sides, isFields(input) ? toolsOf(r, input, '/input') : {});
  },
};
