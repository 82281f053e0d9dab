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

/** What the row says, learnt tokens between brackets. */
export const shown = (
  tokenizer: Tokenizer,
  row: Row,
  options: { maxLength: number; system?: string } = WHOLE,
): string => {
  const { ids, weights } = encodeRow(tokenizer, row, options);
  const texts = Array.from(ids, (id, i) => {
    const text = tokenizer.decode([id]);
    return weights[i]! > 0 ? `[${text}]` : text;
  });
  return texts.join('').replaceAll('][', '');
};
