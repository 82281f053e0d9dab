/** Canonical rows to tokens: the loss is on the assistant's tokens alone, through the model's own chat template. */
import type { Row } from '../contracts/row.ts';
import { chatParts, renderChat, turnAt, type ChatRow, type Part } from './chat.ts';
import { answerIndex, chatOf } from './dialogue.ts';
import type { Tokenizer } from './tokenizer.ts';

/** `weights` as in `shards.ts`: share of each token's loss as a target, weights[0] = 0. `trained` counts those above 0. */
export type EncodedRow = {
  readonly ids: Int32Array;
  readonly weights: Float32Array;
  readonly truncated: boolean;
  readonly trained: number;
};

const concat = (pieces: readonly Int32Array[]): Int32Array => {
  const all = new Int32Array(pieces.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
};

const startsWith = (ids: Int32Array, start: Int32Array): boolean => start.every((id, i) => ids[i] === id);

const SEAM = 64; // characters on each side of a border: longer than any token that is likely to reach across

/** Whether the border between two parts is one between tokens, too. */
const isSeam = (tokenizer: Tokenizer, before: Part, after: Part): boolean => {
  const [left, right] = [before.text.slice(-SEAM), after.text.slice(0, SEAM)];
  const apart = concat([tokenizer.encode(left), tokenizer.encode(right)]);
  const whole = tokenizer.encode(left + right);
  return whole.length === apart.length && startsWith(whole, apart);
};

/** Ids of the whole text with the number of ids in each part. A tokenizer that adds a space before every text it is given
 *  (SentencePiece) spells the parts otherwise than the whole: then the whole is cut where its beginnings end. Where a
 *  token would reach across two parts they are tokenised apart, as at inference, where the prompt stands alone. */
const encodeParts = (
  tokenizer: Tokenizer,
  parts: readonly Part[],
): { ids: Int32Array; lengths: number[] } => {
  const apart = parts.map(({ text }) => tokenizer.encode(text));
  const ids = concat(apart);
  const lengths = apart.map(({ length }) => length);
  if (parts.every((part, i) => i === 0 || isSeam(tokenizer, parts[i - 1]!, part))) return { ids, lengths };

  const whole = tokenizer.encode(parts.map(({ text }) => text).join(''));
  const ends: number[] = [];
  let text = '';
  for (const part of parts) {
    text += part.text;
    const beginning = tokenizer.encode(text);
    if (!startsWith(whole, beginning)) return { ids, lengths };
    ends.push(beginning.length);
  }
  return { ids: whole, lengths: ends.map((end, i) => end - (ends[i - 1] ?? 0)) };
};

/** Tokens and the share of the loss of each, before anything is cut. */
export type Tokens = { readonly ids: Int32Array; readonly weights: Float32Array };

export const encodeText = (tokenizer: Tokenizer, text: string): Tokens => {
  const { addsBos, bosId, eosText } = tokenizer;
  const bos = addsBos && bosId !== null ? Int32Array.of(bosId) : new Int32Array();
  const eos = eosText === null ? new Int32Array() : tokenizer.encode(eosText);
  const ids = concat([bos, tokenizer.encode(text), eos]);
  return { ids, weights: new Float32Array(ids.length).fill(1) };
};

/** The parts of one row, each with its own weight. */
export const encodePieces = (tokenizer: Tokenizer, parts: readonly Part[]): Tokens => {
  const { ids, lengths } = encodeParts(tokenizer, parts);
  const weights = new Float32Array(ids.length);
  let at = 0;
  for (const [i, length] of lengths.entries()) weights.fill(parts[i]!.weight, at, (at += length));
  return { ids, weights };
};

/** Cut at the end to `maxLength`. */
export const cut = (all: Tokens, maxLength: number): EncodedRow => {
  const ids = all.ids.slice(0, maxLength);
  const weights = all.weights.slice(0, maxLength);
  weights[0] = 0; // nothing comes before the first token that could predict it
  const trained = weights.reduce((n, weight) => n + (weight > 0 ? 1 : 0), 0);
  return { ids, weights, truncated: all.ids.length > maxLength, trained };
};

/** `system` for chats that begin without one. */
const withSystem = (row: Row, system: string | undefined): Row =>
  row.kind === 'text' || system === undefined || row.messages[0]?.role === 'system'
    ? row
    : { ...row, messages: [{ role: 'system', content: system }, ...row.messages] };

/** Tokens of a row. Of a chat the answers are learnt, end of turn included; of a text all; of other rows what `chatOf` says.
 *  Nothing follows the last answer. Throws `invalid_training_file` where the template refuses the row. */
const encodeUncut = (tokenizer: Tokenizer, row: Row): Tokens =>
  row.kind === 'text'
    ? encodeText(tokenizer, row.text)
    : encodePieces(tokenizer, chatParts(tokenizer, chatOf(row)));

/** The same, cut at its end to `maxLength`. */
export const encodeRow = (
  tokenizer: Tokenizer,
  source: Row,
  { maxLength, system }: { readonly maxLength: number; readonly system?: string | undefined },
): EncodedRow => cut(encodeUncut(tokenizer, withSystem(source, system)), maxLength);

/** What evaluation asks and expects: everything before the last answer, and that answer; of a preference row the chosen
 *  one; of a text, cut to `maxLength` tokens, its second half. */
export const renderPrompt = (
  tokenizer: Tokenizer,
  source: Row,
  { system, maxLength }: { readonly system?: string | undefined; readonly maxLength?: number } = {},
): { prompt: string; promptIds: Int32Array; reference: string } => {
  const row = withSystem(source, system);
  if (row.kind === 'text') {
    const ids = encodeText(tokenizer, row.text).ids.slice(0, maxLength);
    const promptIds = ids.slice(0, Math.ceil(ids.length / 2));
    const reference = tokenizer.decode(ids.slice(promptIds.length), { skipSpecial: true });
    return { prompt: tokenizer.decode(promptIds), promptIds, reference };
  }
  const chat = chatOf(row);
  const at = answerIndex(row);
  const prompt = renderChat(tokenizer, chat, at, true);
  const promptIds = tokenizer.encode(prompt);
  return { prompt, promptIds, reference: at < chat.messages.length ? referenceAt(tokenizer, chat, at) : '' };
};

const referenceAt = (tokenizer: Tokenizer, row: ChatRow, index: number): string => {
  const { content, tool_calls } = row.messages[index]!;
  if (content !== null && !tool_calls?.length) return content;
  const { answer } = turnAt(tokenizer, row, index);
  return tokenizer.decode(tokenizer.encode(answer), { skipSpecial: true }).trim();
};
