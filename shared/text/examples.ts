/** What a row becomes under an objective: one row of tokens, or a pair. */
import type { ResolvedObjective } from '../contracts/objective.ts';
import type { Row } from '../contracts/row.ts';
import { imitates } from '../plan/fit.ts';
import { chatParts, commonPrefix, renderChat, type Part } from './chat.ts';
import { answeredWith, chatOf, type Dialogue } from './dialogue.ts';
import { cut, encodePieces, encodeRow, type EncodedRow } from './template.ts';
import type { Tokenizer } from './tokenizer.ts';

export type Example = EncodedRow & { readonly desirable?: boolean };
/** `rows` is empty where nothing is left to learn. `truncated`: whether any was cut. */
export type Examples = { readonly rows: readonly Example[]; readonly truncated: boolean };
type Options = { readonly maxLength: number };
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

/** Chosen, then rejected, each whole and cut to `maxLength`. Their prompts are the same tokens, and only the answers have
 *  weights. */
const encodePair = (tokenizer: Tokenizer, row: Pairs, { maxLength }: Options): readonly EncodedRow[] => {
  const sides = [row.chosen, row.rejected].map((answer) => chatParts(tokenizer, answeredWith(row, answer)));
  return withOnePrompt(sides).map((parts) => cut(encodePieces(tokenizer, parts), maxLength));
};

/** A whole row, every token of it learnt. */
const encodeWhole = (tokenizer: Tokenizer, row: Dialogue, { maxLength }: Options): EncodedRow => {
  const chat = chatOf(row);
  const text = renderChat(tokenizer, chat, chat.messages.length, false);
  return cut(encodePieces(tokenizer, [{ text, weight: 1 }]), maxLength);
};

/** A pair of which one side has nothing left to learn is no pair. */
const kept = (rows: readonly Example[]): Examples => ({
  rows: rows.every(({ trained }) => trained > 0) ? rows : [],
  truncated: rows.some(({ truncated }) => truncated),
});

const DESIRABLE = [true, false] as const;

/** What an objective learns from a row. A pair is chosen, then rejected, unless the objective does not compare: then it is
 *  the chosen answer, where `compared` does not ask for both. A labelled row says whether its answer was found good;
 *  under `kto` the answers of a pair do as well. */
export const encodeExamples = (
  tokenizer: Tokenizer,
  row: Row,
  {
    objective,
    compared,
    ...options
  }: Options & { readonly objective: ResolvedObjective['type']; readonly compared: boolean },
): Examples => {
  if (row.kind === 'preference' && (compared || !imitates(objective))) {
    const pair = encodePair(tokenizer, row, options);
    return kept(objective === 'kto' ? pair.map((side, i) => ({ ...side, desirable: DESIRABLE[i]! })) : pair);
  }
  const one =
    objective === 'text' && row.kind !== 'text'
      ? encodeWhole(tokenizer, row, options)
      : encodeRow(tokenizer, row, options);
  return kept([row.kind === 'kto' ? { ...one, desirable: row.label } : one]);
};
