/** Shapes that are known and mean something else than "learn this answer": reading them as such would teach what
 *  their authors marked as bad, or nothing at all. */
import type { Shape } from '../../contracts/recipe.ts';
import { isAbsent, type Fields } from '../place.ts';
import { candidates } from '../columns.ts';
import { isChoice } from './choices.ts';

type Unsupported = {
  readonly name: string;
  match(value: Fields): boolean;
  readonly fix?: string;
  /** shapes that it would be taken for */
  readonly over?: readonly Shape[];
};

const has = (value: Fields, ...keys: readonly string[]): boolean =>
  keys.every((key) => Object.hasOwn(value, key));
/** What a classifier is to say of a text. */
const CLASSES = ['label', 'labels', 'sentiment', 'emotion', 'intent'];
const classOf = (value: Fields): string | undefined =>
  CLASSES.find((key) => !isAbsent(value[key]) && typeof value[key] !== 'object');

/** What is to be made of a text: its summary, the code that it asks for, or an answer by its usual names. */
const answerOf = (value: Fields): string | undefined =>
  ['summary', 'code', ...candidates(value, 'completion')].find(
    (key) => typeof value[key] === 'string' && value[key] !== '',
  );

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
    match: isChoice,
    over: ['prompt-completion', 'query-response', 'alpaca'],
    fix: 'Write the choices into the prompt and the right one into the completion',
  },
  {
    name: 'classified text',
    match: (value) => has(value, 'text') && classOf(value) !== undefined,
    over: ['text'],
    fix: 'To learn what is said of the text, name both in data.columns, e.g. { prompt: text, completion: label }; to learn the text alone, set data.shape to text',
  },
  {
    name: 'text with its answer',
    match: (value) => has(value, 'text') && answerOf(value) !== undefined,
    over: ['text'],
    fix: 'To learn the answer, name both in data.columns, e.g. { prompt: text, completion: summary }; to learn the text alone, set data.shape to text',
  },
  {
    name: 'one message a row',
    match: (value) => has(value, 'text') && (typeof value['role'] === 'string' || has(value, 'parent_id')),
    over: ['text'],
    fix: 'Give each conversation a row of its own: messages from the first to the last',
  },
  {
    name: 'several instances',
    match: ({ instruction, instances: list }) =>
      instruction !== undefined && isList(list) && list.length !== 1,
    fix: 'Write each instance as a row of its own: instruction, input, output',
  },
];
