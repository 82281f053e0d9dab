/** Shapes that are known and mean something else than "learn this answer": reading them as such would teach what
 *  their authors marked as bad, or nothing at all. */
import { isFields, type Fields } from '../place.ts';

type Unsupported = { readonly name: string; match(value: Fields): boolean; readonly fix?: string };

const has = (value: Fields, ...keys: readonly string[]): boolean =>
  keys.every((key) => Object.hasOwn(value, key));
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

export const UNSUPPORTED: readonly Unsupported[] = [
  {
    name: 'tokens',
    match: (value) => has(value, 'input_ids'),
    fix: 'Give the text itself: token ids belong to one tokenizer, and what they say cannot be checked',
  },
  {
    name: 'bedrock of another version',
    match: ({ schemaVersion: version }) =>
      typeof version === 'string' && !version.startsWith('bedrock-conversation'),
  },
  {
    name: 'stepwise supervision',
    match: ({ completions, labels }) => isList(completions) && isList(labels),
  },
  {
    name: 'ranked answers',
    match: (value) =>
      (isList(value['responses']) || isList(value['answers'])) &&
      (isList(value['scores']) || isList(value['rewards']) || isList(value['ranks'])),
    fix: 'Give two answers a row, as prompt, chosen and rejected',
  },
  {
    name: 'multiple choice',
    match: (value) => isList(value['choices']) && value['choices'].every((choice) => !isFields(choice)),
    fix: 'Write the choices into the prompt and the right one into the completion',
  },
  {
    name: 'several instances',
    match: ({ instruction, instances: list }) =>
      instruction !== undefined && isList(list) && list.length !== 1,
    fix: 'Write each instance as a row of its own: instruction, input, output',
  },
];
