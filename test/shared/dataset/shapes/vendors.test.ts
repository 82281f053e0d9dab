import { describe, expect, test } from 'vitest';
import { Row } from '../../../../shared/contracts/row.ts';
import { examine } from '../../../../shared/dataset/examine.ts';
import { dataOf } from '../drop.ts';

const read = (value: unknown) => {
  const { shape, row, fate, faults } = examine(value, dataOf());
  if (row) Row.parse(row);
  return { shape, row, fate, faults: faults.map(({ code, pointer }) => [code, pointer]) };
};

const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const tool = { type: 'function', function: { name: 'weather', description: 'd', parameters } };
const call = (id?: string) => ({
  ...(id === undefined ? {} : { id }),
  type: 'function',
  function: { name: 'weather', arguments: '{"city":"SF"}' },
});
const wanted = (id?: string, more: object = {}) => ({
  kind: 'chat',
  messages: [
    { role: 'system', content: 's' },
    { role: 'user', content: 'q' },
    { role: 'assistant', content: 'look', reasoning_content: 'hm', tool_calls: [call(id)] },
    { role: 'tool', content: '14', ...(id === undefined ? {} : { tool_call_id: id }), ...more },
    { role: 'assistant', content: 'w' },
  ],
  tools: [tool],
});

const ANTHROPIC = {
  system: 's',
  tools: [{ name: 'weather', description: 'd', input_schema: parameters }],
  messages: [
    { role: 'user', content: 'q' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'x' },
        { type: 'text', text: 'look' },
        { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'SF' } },
      ],
    },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: '14' }] }],
    },
    { role: 'assistant', content: [{ type: 'text', text: 'w' }] },
  ],
};
const BEDROCK = {
  schemaVersion: 'bedrock-conversation-2024',
  system: [{ text: 's' }],
  toolConfig: {
    tools: [{ toolSpec: { name: 'weather', description: 'd', inputSchema: { json: parameters } } }],
  },
  messages: [
    { role: 'user', content: [{ text: 'q' }] },
    {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: 'hm' } } },
        { text: 'look' },
        { toolUse: { toolUseId: 't1', name: 'weather', input: { city: 'SF' } } },
      ],
    },
    { role: 'user', content: [{ toolResult: { toolUseId: 't1', content: [{ json: 14 }] } }] },
    { role: 'assistant', content: [{ text: 'w' }] },
  ],
};
const VERTEX = {
  systemInstruction: { role: 'system', parts: [{ text: 's' }] },
  tools: [{ functionDeclarations: [{ name: 'weather', description: 'd', parameters }] }],
  contents: [
    { role: 'user', parts: [{ text: 'q' }] },
    {
      role: 'model',
      parts: [
        { text: 'hm', thought: true },
        { text: 'look' },
        { functionCall: { name: 'weather', args: { city: 'SF' } } },
      ],
    },
    { role: 'user', parts: [{ functionResponse: { name: 'weather', response: 14 } }] },
    { role: 'model', parts: [{ text: 'w' }] },
  ],
};

describe('one conversation with a tool', () => {
  test.each([
    ['anthropic', ANTHROPIC, wanted('t1')],
    ['bedrock', BEDROCK, wanted('t1')],
    ['vertex', VERTEX, wanted(undefined, { name: 'weather' })],
  ])('as %s writes it is the same row', (shape, value, row) => {
    expect(read(value)).toEqual({ shape, row, fate: null, faults: [] });
  });
  test('Google\u2019s SDK for Python writes keys in snake case', () => {
    const { systemInstruction: system_instruction, contents } = VERTEX;
    const turns = contents.filter((_, i) => i === 0 || i === 3);
    expect(read({ system_instruction, contents: turns }).row).toEqual({
      kind: 'chat',
      messages: wanted().messages.filter((_, i) => [0, 1, 4].includes(i)),
    });
  });
  test('a result and a question in one message are two messages', () => {
    const [first, second] = [ANTHROPIC.messages[2]!.content as object[], { type: 'text', text: 'and?' }];
    const messages = ANTHROPIC.messages.with(2, { role: 'user', content: [...first, second] as never });
    expect(read({ messages }).row).toMatchObject({
      messages: [{}, {}, { role: 'tool', content: '14' }, { role: 'user', content: 'and?' }, {}],
    });
  });
  test('ms-swift gives calls and results roles of their own', () => {
    const value = {
      messages: [
        { role: 'user', content: 'q' },
        { role: 'tool_call', content: '{"name":"weather","arguments":{"city":"SF"}}' },
        { role: 'tool_response', content: '14' },
        { role: 'assistant', content: 'w' },
      ],
    };
    expect(read(value)).toMatchObject({
      shape: 'chat',
      row: { messages: [{}, { content: null, tool_calls: [call()] }, { role: 'tool', content: '14' }, {}] },
      faults: [['undeclared_tools', '/messages/1/tool_calls/0/function/name']],
    });
  });
});

const swap = (value: object, key: string, at: number, message: unknown) => ({
  ...value,
  [key]: (value as Record<string, unknown[]>)[key]!.with(at, message),
});

describe('what is wrong is told with its place', () => {
  test.each([
    [swap(ANTHROPIC, 'messages', 0, { role: 'x', content: 'q' }), 'unknown_role', '/messages/0/role'],
    [
      swap(ANTHROPIC, 'messages', 0, { role: 'user', content: [{ type: 'image', source: {} }] }),
      'image',
      '/messages/0/content/0',
    ],
    [
      swap(ANTHROPIC, 'messages', 3, { role: 'assistant', content: [{ type: 'text', text: 3 }] }),
      'number_as_text',
      '/messages/3/content/0/text',
    ],
    [
      swap(ANTHROPIC, 'messages', 3, { role: 'assistant', content: [{ type: 'text', text: ' ' }] }),
      'empty_answer',
      '/messages/3/content/0',
    ],
    [
      swap(BEDROCK, 'messages', 0, { role: 'user', content: [{ image: {} }] }),
      'image',
      '/messages/0/content/0',
    ],
    [swap(BEDROCK, 'messages', 0, { role: 'user', content: [3] }), 'wrong_type', '/messages/0/content/0'],
    [
      swap(VERTEX, 'contents', 0, { role: 'bot', parts: [{ text: 'q' }] }),
      'unknown_role',
      '/contents/0/role',
    ],
    [
      swap(VERTEX, 'contents', 0, { role: 'user', parts: [{ fileData: { fileUri: 'gs://x' } }] }),
      'image',
      '/contents/0/parts/0',
    ],
  ])('%#: %s', (value, code, pointer) => {
    expect(read(value).faults).toContainEqual([code, pointer]);
    expect(read(value).fate).not.toBeNull();
  });
});
