/** Which part of a rendered chat comes from which message: what changes where that message says something else. */
import type { Origin } from '../../contracts/preview.ts';
import type { Message } from '../../contracts/row.ts';
import { AppError } from '../../errors.ts';
import { commonPrefix, ELSE, renderChat, type ChatRow } from '../chat.ts';
import type { Tokenizer } from '../tokenizer.ts';

type Changed = { readonly from: Origin; readonly chat: ChatRow };

const saidOtherwise = (
  message: Message,
): readonly (readonly ['content' | 'reasoning' | 'call', Message])[] => {
  const { content, reasoning_content, tool_calls } = message;
  const calls = tool_calls?.map((call) => ({ ...call, function: { name: ELSE, arguments: '{}' } }));
  return [
    ...(content?.trim() ? [['content', { ...message, content: ELSE }] as const] : []),
    ...(reasoning_content?.trim() ? [['reasoning', { ...message, reasoning_content: ELSE }] as const] : []),
    ...(calls?.length ? [['call', { ...message, tool_calls: calls }] as const] : []),
  ];
};

const changes = (chat: ChatRow, count: number): readonly Changed[] => {
  const { tools, ...without } = chat;
  return [
    ...(tools?.length ? [{ from: { what: 'tools' } as const, chat: without }] : []),
    ...chat.messages.slice(0, count).flatMap((message, i) =>
      saidOtherwise(message).map(([what, other]) => ({
        from: { what, message: i, role: message.role },
        chat: { ...chat, messages: chat.messages.with(i, other) },
      })),
    ),
  ];
};

type Span = { readonly start: number; readonly end: number; readonly from: Origin };

/** The part of `text` that `other` has otherwise. */
const difference = (text: string, other: string): Omit<Span, 'from'> => {
  const start = commonPrefix(text, other);
  const most = Math.min(text.length, other.length) - start;
  let same = 0;
  while (same < most && text[text.length - 1 - same] === other[other.length - 1 - same]) same++;
  return { start, end: text.length - same };
};

/** Null where the template refuses the change. */
const rendered = (tokenizer: Tokenizer, chat: ChatRow, count: number): string | null => {
  try {
    return renderChat(tokenizer, chat, count, false);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
};

/** The first `count` messages as text, and what stands at a place of it. */
export const originsOf = (
  tokenizer: Tokenizer,
  chat: ChatRow,
  count: number,
): { readonly text: string; at(place: number): Origin } => {
  const text = renderChat(tokenizer, chat, count, false);
  const spans = changes(chat, count)
    .flatMap(({ from, chat: changed }): Span[] => {
      const other = rendered(tokenizer, changed, count);
      return other === null ? [] : [{ ...difference(text, other), from }];
    })
    .toSorted((a, b) => a.end - a.start - (b.end - b.start)); // the narrowest says most
  const template: Origin = { what: 'template' };
  return {
    text,
    at: (place) => spans.find(({ start, end }) => start <= place && place < end)?.from ?? template,
  };
};
