/** Shapes that are known and mean something else than "learn this answer": reading them as such would teach what
 *  their authors marked as bad. */
import { isFields, type Fields } from '../place.ts';

type Unsupported = { readonly name: string; match(value: Fields): boolean };

const has =
  (...keys: readonly string[]) =>
  (value: Fields): boolean =>
    keys.every((key) => Object.hasOwn(value, key));
const DIALOGUES = ['messages', 'conversations', 'prompt'];

export const UNSUPPORTED: readonly Unsupported[] = [
  {
    name: 'preference',
    match: (value) => has('chosen', 'rejected')(value) || has('rejected_response')(value),
  },
  { name: 'openai-dpo', match: has('preferred_output', 'non_preferred_output') },
  {
    name: 'kto',
    match: (value) =>
      DIALOGUES.some((key) => Object.hasOwn(value, key)) &&
      ['label', 'kto_tag'].some((key) => typeof value[key] === 'boolean'),
  },
  { name: 'vertex', match: (value) => Array.isArray(value['contents']) },
  { name: 'bedrock', match: (value) => typeof value['schemaVersion'] === 'string' },
  {
    name: 'sharegpt-pairs',
    match: ({ conversation: list }) =>
      Array.isArray(list) && list.some((pair) => isFields(pair) && 'human' in pair),
  },
];
