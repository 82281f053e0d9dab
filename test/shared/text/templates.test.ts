/** Real templates (../shared/data/chat-template-vectors), on the letters of the tiny tokenizer. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../shared/contracts/row.ts';
import { renderChat } from '../../../shared/text/chat.ts';
import { encodeRow } from '../../../shared/text/template.ts';
import { speaking } from '../../helpers/tiny-tokenizer.ts';

const data = new URL('../../../../shared/data/chat-template-vectors/', import.meta.url).pathname;
type Case = {
  name: string;
  chat_template: string;
  data: {
    messages: Message[];
    tools?: Record<string, unknown>[] | null;
    add_generation_prompt?: boolean;
    [name: string]: unknown;
  };
  target: string;
};
const read = (): Case[] =>
  existsSync(data) ? (JSON.parse(readFileSync(`${data}hf_jinja_e2e.json`, 'utf8')) as Case[]) : [];
const KNOWN = new Set(['messages', 'tools', 'add_generation_prompt', 'bos_token', 'eos_token']);
const ours = read().filter(
  ({ data: given, chat_template }) =>
    !chat_template.includes('strftime_now') &&
    Object.keys(given).every((key) => KNOWN.has(key)) &&
    given.messages.every(({ content, tool_calls }) => typeof content === 'string' && !tool_calls),
);

describe.skipIf(!existsSync(data))('what templates write is what Python’s transformers writes', () => {
  test.each(ours)('$name', ({ chat_template, data: given, target }) => {
    const { messages, tools, add_generation_prompt = false, bos_token, eos_token } = given;
    const tokenizer = speaking(chat_template, [], { bos_token, eos_token });
    const row = { kind: 'chat' as const, messages, ...(tools ? { tools } : {}) };
    expect(renderChat(tokenizer, row, messages.length, add_generation_prompt)).toBe(target);
  });

  test('enough of them are ours to read', () => expect(ours.length).toBeGreaterThan(15));
});

const FAMILIES: readonly [file: string, ends: string[], first: string, second: string][] = [
  ['Qwen-Qwen2.5-7B-Instruct', ['<|im_end|>'], 'four<|im_end|>', 'six<|im_end|>'],
  ['google-gemma-2-2b-it', ['<end_of_turn>', '<eos>'], 'four<end_of_turn>', 'six<end_of_turn>'],
  ['meta-llama-Llama-3.2-3B-Instruct', ['<|eot_id|>'], 'four<|eot_id|>', 'six<|eot_id|>'],
  ['microsoft-Phi-3.5-mini-instruct', ['<|end|>', '<|endoftext|>'], 'four<|end|>', 'six<|end|>'],
  ['mistralai-Mistral-Nemo-Instruct-2407', ['</s>'], 'four</s>', 'six</s>'],
];
describe.skipIf(!existsSync(data))(
  'both answers of a conversation are learnt, with their ends of turn',
  () => {
    test.each(FAMILIES)('%s', (file, ends, first, second) => {
      const tokenizer = speaking(readFileSync(`${data}templates/${file}.jinja`, 'utf8'), ends);
      const messages: Message[] = [
        { role: 'user', content: 'two and two?' },
        { role: 'assistant', content: 'four' },
        { role: 'user', content: 'three and three?' },
        { role: 'assistant', content: 'six' },
      ];
      const { ids, weights } = encodeRow(tokenizer, { kind: 'chat', messages }, { maxLength: 10_000 });
      const learnt = Array.from(ids, (id, i) => (weights[i]! > 0 ? tokenizer.decode([id]) : '\n')).join('');
      expect(
        learnt
          .split(/\n+/)
          .filter((text) => text.trim() !== '')
          .map((text) => text.trim()),
      ).toEqual([first, second]);
    });
  },
);

const CALLING: readonly [file: string, ends: string[], call: string, answer: string][] = [
  [
    'meta-llama-Llama-3.2-3B-Instruct',
    ['<|eot_id|>'],
    '{"name": "weather", "parameters": {"city": "Paris"}}<|eot_id|>',
    '18 degrees<|eot_id|>',
  ],
  [
    'NousResearch-Hermes-3-Llama-3.1-8B-tool_use',
    ['<|im_end|>'],
    '<tool_call>\n{"name": "weather", "arguments": {"city": "Paris"}}\n</tool_call><|im_end|>',
    '18 degrees<|im_end|>',
  ],
];
describe.skipIf(!existsSync(data))('calls and what follows them are learnt, the result is not', () => {
  test.each(CALLING)('%s', (file, ends, call, answer) => {
    const tokenizer = speaking(readFileSync(`${data}templates/${file}.jinja`, 'utf8'), ends);
    const made = {
      id: 'call_1',
      type: 'function' as const,
      function: { name: 'weather', arguments: '{"city":"Paris"}' },
    };
    const parameters = { type: 'object', properties: { city: { type: 'string', description: 'where' } } };
    const messages: Message[] = [
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: null, tool_calls: [made] },
      { role: 'tool', content: '18 C', tool_call_id: 'call_1' },
      { role: 'assistant', content: '18 degrees' },
    ];
    const tools = [{ type: 'function', function: { name: 'weather', description: 'Weather', parameters } }];
    const { ids, weights } = encodeRow(tokenizer, { kind: 'chat', messages, tools }, { maxLength: 10_000 });
    const learnt = Array.from(ids, (id, i) => (weights[i]! > 0 ? tokenizer.decode([id]) : '␀')).join('');
    expect(learnt.split(/␀+/).filter(Boolean)).toEqual([call, answer]);
  });
});
