/** Checks that need the tokens of the base. They run where its tokenizer is at hand, on rows that are used. */
import { remarks, warns } from './check.ts';
import type { Kind } from '../problems.ts';

/** What a base makes of a row. */
export type TokenView = {
  /** why its chat template refuses the row; nothing else is known then */
  readonly refused: string | null;
  /** tokens of the whole row, and how many may stay */
  readonly whole: number;
  readonly maxLength: number;
  /** tokens before the first that is learnt */
  readonly prompt: number;
  /** learnt tokens among those that stay */
  readonly trained: number;
  /** special tokens of the base that the row's own texts spell */
  readonly specials: readonly string[];
};

export type TokenCheck = Kind & {
  readonly code: string;
  /** an excerpt, or null where nothing is wrong */
  find(view: TokenView): string | null;
};

const fails = { severity: 'error', fate: null, rejects: false, fixable: false } as const;

const counts = ({ whole, prompt, maxLength }: TokenView): string =>
  `${whole} tokens, ${prompt} of them before the answer; max_length ${maxLength}`;

export const TOKEN_CHECKS: readonly TokenCheck[] = [
  {
    code: 'template_refuses',
    ...fails,
    message: 'The base’s chat template refuses the row: a job with it would fail',
    fix: 'Change the row, or choose a base whose template knows such messages',
    find: ({ refused }) => refused,
  },
  {
    code: 'nothing_trained',
    ...fails,
    message: 'Cut to max_length, nothing of the row is left to learn: it would train nothing',
    fix: 'Raise training.max_length, shorten the question, or split the row',
    find: (view) => (view.refused === null && view.trained === 0 ? counts(view) : null),
  },
  {
    code: 'prompt_fills_context',
    ...warns,
    message: 'The question takes nearly all of max_length: hardly any of the answer is learnt',
    fix: 'Raise training.max_length, or shorten the question',
    find: (view) =>
      view.trained > 0 && view.whole > view.maxLength && view.prompt > 0.9 * view.maxLength
        ? counts(view)
        : null,
  },
  {
    code: 'row_truncated',
    ...remarks,
    message:
      'A row is longer than max_length: its end is cut off, and the model does not learn to stop there',
    fix: 'Raise training.max_length (it costs memory), or shorten the row',
    find: (view) =>
      view.trained > 0 && view.whole > view.maxLength && view.prompt <= 0.9 * view.maxLength
        ? counts(view)
        : null,
  },
  {
    code: 'base_special_tokens',
    ...warns,
    message: 'A text spells special tokens of this base: it would read them as commands',
    fix: 'Remove them, or break them by a space',
    find: ({ specials }) => (specials.length > 0 ? specials.slice(0, 5).join(' ') : null),
  },
];
