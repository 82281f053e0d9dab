/** Rows in the words of a test, and rows of tokens in the words of a person. */
import type { Message, Row } from '../../shared/contracts/row.ts';
import { encodeRow } from '../../shared/text/template.ts';
import type { Tokenizer } from '../../shared/text/tokenizer.ts';

export const say = (role: Message['role'], content: string | null, more: Partial<Message> = {}): Message => ({
  role,
  content,
  ...more,
});
export const chat = (...messages: Message[]): Row & { kind: 'chat' } => ({ kind: 'chat', messages });
export const WHOLE = { maxLength: 10_000 };

/** What tokens say, learnt ones between brackets. */
export const shownTokens = (
  tokenizer: Tokenizer,
  { ids, weights }: { readonly ids: Int32Array; readonly weights: Float32Array },
): string => {
  const texts = Array.from(ids, (id, i) => {
    const text = tokenizer.decode([id]);
    return weights[i]! > 0 ? `[${text}]` : text;
  });
  return texts.join('').replaceAll('][', '');
};

/** What the row says. */
export const shown = (
  tokenizer: Tokenizer,
  row: Row,
  options: { maxLength: number; system?: string } = WHOLE,
): string => shownTokens(tokenizer, encodeRow(tokenizer, row, options));
