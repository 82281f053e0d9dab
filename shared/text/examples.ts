/** What a row becomes under an objective: one row of tokens or several, or a pair. */
import type { ResolvedObjective } from '../contracts/objective.ts';
import type { Row } from '../contracts/row.ts';
import { imitates } from '../plan/fit.ts';
import { chatParts, chatSequences, commonPrefix, renderChat, type ChatRow, type Part } from './chat.ts';
import { answeredWith, chatOf, type Dialogue } from './dialogue.ts';
import { cut, encodePieces, encodeText, type EncodedRow, type Tokens } from './template.ts';
import type { Tokenizer } from './tokenizer.ts';

export type Example = EncodedRow & { readonly desirable?: boolean };
/** `rows` is empty where nothing is left to learn. `truncated`: whether any was cut. */
export type Examples = { readonly rows: readonly Example[]; readonly truncated: boolean };
/** One row of tokens before it is cut. */
export type Side = Tokens & {
  /** of a pair, of which one is nothing without the other */
  readonly name: 'chosen' | 'rejected' | null;
  /** the chat that it is made of, null for plain text */
  readonly chat: ChatRow | null;
  readonly desirable?: boolean;
};
const NAMES = ['chosen', 'rejected'] as const;
type Pairs = Extract<Row, { readonly kind: 'preference' }>;

/** Both sides with one prompt: what a template writes there only before one of the answers belongs to that answer. */
const withOnePrompt = (sides: readonly (readonly Part[])[]): readonly (readonly Part[])[] => {
  const prompts = sides.map(([first]) => (first?.weight === 0 ? first.text : ''));
  const length = commonPrefix(prompts[0]!, prompts[1]!);
  return sides.map(([first, answer, ...rest], i) => {
    const moved = prompts[i]!.slice(length);
    if (!first || !answer || moved === '') return sides[i]!;
    const prompt = { ...first, text: prompts[i]!.slice(0, length) };
    return [prompt, { ...answer, text: moved + answer.text }, ...rest];
  });
};

/** Chosen, then rejected. Their prompts are the same tokens, and only the answers have weights. */
const encodePair = (tokenizer: Tokenizer, row: Pairs): readonly Side[] => {
  const chats = [row.chosen, row.rejected].map((answer) => answeredWith(row, answer));
  const sides = withOnePrompt(chats.map((chat) => chatParts(tokenizer, chat)));
  return sides.map((parts, i) => ({
    ...encodePieces(tokenizer, parts),
    name: NAMES[i]!,
    chat: chats[i]!,
  }));
};

/** A whole row, every token of it learnt. */
const encodeWhole = (tokenizer: Tokenizer, row: Dialogue): Side => {
  const chat = chatOf(row);
  const text = renderChat(tokenizer, chat, chat.messages.length, false);
  return { ...encodePieces(tokenizer, [{ text, weight: 1 }]), name: null, chat };
};

const DESIRABLE = [true, false] as const;

type Wanted = { readonly objective: ResolvedObjective['type']; readonly compared: boolean };

/** What an objective reads of a row. A dialogue is one row of tokens, and one more for each answer that is learnt apart
 *  (`chatSequences`), unless it is `compared`. A pair is chosen, then rejected, unless the objective does not compare: then it is
 *  the chosen answer, where `compared` does not ask for both. A labelled row says whether its answer was found good;
 *  under `kto` the answers of a pair do as well. */
export const encodeSides = (
  tokenizer: Tokenizer,
  row: Row,
  { objective, compared }: Wanted,
): readonly Side[] => {
  if (row.kind === 'preference' && (compared || !imitates(objective))) {
    const pair = encodePair(tokenizer, row);
    return objective === 'kto' ? pair.map((side, i) => ({ ...side, desirable: DESIRABLE[i]! })) : pair;
  }
  if (row.kind === 'text') return [{ ...encodeText(tokenizer, row.text), name: null, chat: null }];
  if (objective === 'text') return [encodeWhole(tokenizer, row)];
  const chat = chatOf(row);
  const { whole, apart } = chatSequences(tokenizer, chat);
  const sequences = [
    ...(compared
      ? []
      : apart.map(({ parts, count }) => ({ parts, messages: chat.messages.slice(0, count) }))),
    { parts: whole, messages: chat.messages },
  ];
  const sides = sequences.map(({ parts, messages }) => ({
    ...encodePieces(tokenizer, parts),
    name: null,
    chat: { ...chat, messages },
  }));
  return row.kind === 'kto' ? sides.map((side) => ({ ...side, desirable: row.label })) : sides;
};

/** What is left of them within `maxLength`, without what has nothing left to learn: a pair as soon as one side has not. */
export const cutSides = (sides: readonly Side[], maxLength: number): Examples => {
  const rows = sides.map(({ desirable, ...side }): Example => {
    const row = cut(side, maxLength);
    return desirable === undefined ? row : { ...row, desirable };
  });
  const left = rows.filter(({ trained }) => trained > 0);
  const isPair = sides.some(({ name }) => name !== null);
  return {
    rows: isPair && left.length < rows.length ? [] : left,
    truncated: rows.some(({ truncated }) => truncated),
  };
};

/** What an objective learns from a row: `encodeSides`, each cut to `maxLength`. */
export const encodeExamples = (
  tokenizer: Tokenizer,
  row: Row,
  { maxLength, ...wanted }: Wanted & { readonly maxLength: number },
): Examples => cutSides(encodeSides(tokenizer, row, wanted), maxLength);
