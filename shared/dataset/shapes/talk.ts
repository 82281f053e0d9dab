/** Which key of a row holds its conversation, and how that is written down. */
import { isFields, type Fields } from '../place.ts';

const KEYS = [
  'messages',
  'conversations',
  'conversation',
  'dialogue',
  'dialog',
  'turns',
  'items',
  'data',
] as const;
export const TALK_KEYS: readonly string[] = KEYS;

/** Names of the two sides of a round. */
export const ASKED = ['human', 'user', 'input', 'question', 'query', 'prompt', 'instruction'] as const;
export const ANSWERED = ['assistant', 'gpt', 'output', 'answer', 'response', 'bot'] as const;

/** `roles`: role and content; `from`: from and value; `rounds`: a question with its answer; `texts`: they take turns. */
type Form = 'roles' | 'from' | 'rounds' | 'texts';
export type Talk = { readonly key: string; readonly form: Form };

const isRound = (entry: Fields): boolean =>
  [ASKED, ANSWERED].every((names) => names.some((name) => Object.hasOwn(entry, name)));

const formOf = (list: unknown): Form | null => {
  if (!Array.isArray(list)) return null;
  let form: Form | null = null;
  for (const entry of list as readonly unknown[]) {
    if (!isFields(entry)) continue;
    if ('from' in entry || ('value' in entry && !('content' in entry))) return 'from';
    if ('role' in entry) form = 'roles';
    else if (form === null && isRound(entry)) form = 'rounds';
  }
  return form;
};

/** Not `turns`, which are MT-Bench's questions, nor `items`, which may be anything. */
const TEXTS: ReadonlySet<string> = new Set(['conversations', 'conversation', 'dialogue', 'dialog', 'data']);
const takesTurns = (key: string, list: unknown): boolean =>
  TEXTS.has(key) &&
  Array.isArray(list) &&
  list.length > 1 &&
  list.every((entry) => typeof entry === 'string');

const lookFor = (value: Fields): Talk | null => {
  let texts: Talk | null = null;
  for (const key of KEYS) {
    if (!Object.hasOwn(value, key)) continue;
    const form = formOf(value[key]);
    if (form) return { key, form };
    if (takesTurns(key, value[key])) {
      texts ??= { key, form: 'texts' };
      continue;
    }
    if (key === 'messages') return { key, form: 'roles' };
    if (key === 'conversations') return { key, form: 'from' };
  }
  return texts;
};

// One row after another is asked about, each by several shapes.
let last: { readonly value: Fields; readonly talk: Talk | null } | null = null;

/** Null where there is none. What stands under `messages` or `conversations` is meant as one, whatever it is. */
export const talkOf = (value: Fields): Talk | null => {
  if (last?.value !== value) last = { value, talk: lookFor(value) };
  return last.talk;
};
