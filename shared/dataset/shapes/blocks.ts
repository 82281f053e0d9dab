/** Messages whose content is a list of blocks, as Anthropic, Google and Amazon write them. Each says how one block
 *  reads; how blocks become messages is the same for all: results of tools are messages of their own. */
import type { Message } from '../../contracts/row.ts';
import { excerptOf, isAbsent, isFields, step, type Fields } from '../place.ts';
import { placed, turn, type Placed, type Reader } from './shape.ts';
import type { Call } from './tools.ts';

type Said =
  | { readonly kind: 'text' | 'thinking'; readonly text: string }
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'result'; readonly id?: string; readonly name?: string; readonly text: string };
export type Block = Said & { readonly at: string };

/** Reads one block, null where a defect was told or nothing is said. */
export type ReadBlock = (r: Reader, block: Fields, at: string) => Said | null;

export const callOf = (name: string, input: unknown, id?: string): Said => ({
  kind: 'call',
  call: {
    ...(id === undefined ? {} : { id }),
    type: 'function',
    function: { name, arguments: JSON.stringify(input ?? {}) },
  },
});

export const readBlocks = (r: Reader, list: unknown, at: string, read: ReadBlock): readonly Block[] => {
  if (typeof list === 'string') return [{ kind: 'text', text: list, at }];
  return r.list(list, at).flatMap((entry, i) => {
    const pointer = at + step(i);
    if (!isFields(entry)) {
      r.wrong(pointer, entry);
      return [];
    }
    const said = read(r, entry, pointer);
    return said ? [{ ...said, at: pointer }] : [];
  });
};

const joined = (blocks: readonly Block[], kind: 'text' | 'thinking'): string =>
  blocks.flatMap((block) => (block.kind === kind ? [block.text] : [])).join('');

const resultOf = (block: Extract<Block, { kind: 'result' }>): Placed => ({
  message: {
    role: 'tool',
    content: block.text,
    ...(block.name === undefined ? {} : { name: block.name }),
    ...(block.id === undefined ? {} : { tool_call_id: block.id }),
  },
  at: () => block.at,
});

/** What one message of the input says; `at` is where its blocks lie. */
export const messagesFrom = (
  role: 'user' | 'assistant' | 'system',
  blocks: readonly Block[],
  at: string,
): readonly Placed[] => {
  const results = blocks.filter((block) => block.kind === 'result');
  const calls = blocks.filter((block) => block.kind === 'call');
  const [text, thinking] = [joined(blocks, 'text'), joined(blocks, 'thinking')];
  const message: Message = {
    role,
    content: text === '' && calls.length > 0 ? null : text,
    ...(thinking === '' ? {} : { reasoning_content: thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(({ call }) => call) }),
  };
  const own = { message, at: () => blocks.find(({ kind }) => kind === 'text')?.at ?? at };
  return [
    ...results.map(resultOf),
    ...(results.length > 0 && text === '' && calls.length === 0 ? [] : [own]),
  ];
};

/** A message of the user or the assistant whose blocks read so. */
export const messageFrom = (r: Reader, value: unknown, at: string, read: ReadBlock): readonly Placed[] => {
  if (!isFields(value)) {
    r.wrong(at, value);
    return [];
  }
  const { role, content } = value;
  if (role !== 'user' && role !== 'assistant') {
    r.report('unknown_role', `${at}/role`, excerptOf(role));
    return [];
  }
  return messagesFrom(role, readBlocks(r, content, `${at}/content`, read), `${at}/content`);
};

/** The system message, as text or as blocks of it. */
export const systemFrom = (r: Reader, value: unknown, at: string, read: ReadBlock): readonly Placed[] => {
  if (isAbsent(value) || value === '') return [];
  return [placed(turn('system', joined(readBlocks(r, value, at, read), 'text'), at))];
};

/** Text of a tool's result: text, blocks of text, or anything else as JSON. */
export const resultText = (content: unknown): string => {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return isAbsent(content) ? '' : JSON.stringify(content);
  return content
    .map((part: unknown) => {
      if (!isFields(part)) return JSON.stringify(part);
      if (typeof part['text'] === 'string') return part['text'];
      return JSON.stringify('json' in part ? part['json'] : part);
    })
    .join('');
};
