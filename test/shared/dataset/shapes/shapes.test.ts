import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Shape } from '../../../../shared/contracts/recipe.ts';
import { Row } from '../../../../shared/contracts/row.ts';
import { examine } from '../../../../shared/dataset/examine.ts';
import { detectShape, SHAPES } from '../../../../shared/dataset/shapes/index.ts';
import { dataOf } from '../drop.ts';

const u = (content: string) => ({ role: 'user', content });
const a = (content: string) => ({ role: 'assistant', content });
const s = (content: string) => ({ role: 'system', content });

const read = (value: unknown, data = dataOf()) => {
  const { shape, row, fate, faults } = examine(value, data);
  if (row) Row.parse(row);
  return { shape, messages: row?.kind === 'text' ? row.text : row?.messages, row, fate, faults };
};
const faultsOf = (value: unknown) =>
  read(value).faults.map(({ code, pointer, excerpt }) => [code, pointer, excerpt]);

test('every shape of the contract has a reader of its name', () => {
  expect(Object.keys(SHAPES).toSorted()).toEqual(Shape.options.toSorted());
  for (const [name, shape] of Object.entries(SHAPES)) expect(shape.name).toBe(name);
});

test.each([
  ['prompt-completion', { prompt: 'q', completion: 'w' }, [u('q'), a('w')]],
  ['prompt-completion', { question: 'q', answer: '    w' }, [u('q'), a('    w')]],
  ['query-response', { Query: 'q', Response: 'w', system: 's' }, [s('s'), u('q'), a('w')]],
  ['query-response', { query: 'q', response: 'w', history: [['x', 'y']] }, [u('x'), a('y'), u('q'), a('w')]],
  ['query-response', { question: 'q', answer: 'w', history: [['x', 'y']] }, [u('x'), a('y'), u('q'), a('w')]],
  ['prompt-completion', { instruction: 'q', response: 'w' }, [u('q'), a('w')]],
  ['prompt-completion', { problem: 'q', solution: 'w' }, [u('q'), a('w')]],
  ['prompt-completion', { input_text: 'q', output_text: 'w' }, [u('q'), a('w')]],
  ['prompt-completion', { 问题: 'q', 答案: 'w' }, [u('q'), a('w')]],
  ['prompt-completion', { question: 'q', context: 'c', answer: 'w' }, [u('q\nc'), a('w')]],
  ['prompt-completion', { prompt: [u('q')], completion: [a('w')] }, [u('q'), a('w')]],
  ['prompt-completion', { input: ['q', 'x'], output: ['w', 'y'] }, [u('q'), a('w'), u('x'), a('y')]],
  ['alpaca', { Instruction: 'i', ' Input ': 'n', OUTPUT: 'o' }, [u('i\nn'), a('o')]],
  ['alpaca', { instruction: 'i', input: 'n', answer: 'o' }, [u('i\nn'), a('o')]],
  ['alpaca', { instruction: 'i', instances: [{ input: 'n', output: 'o' }] }, [u('i\nn'), a('o')]],
  ['text', { content: 'all of it' }, 'all of it'],
  ['text', { response: 'all of it' }, 'all of it'],
  ['chat', { messages: JSON.stringify([u('q'), a('w')]) }, [u('q'), a('w')]],
  ['chat', { system: 's', messages: [u('q'), a('w')] }, [s('s'), u('q'), a('w')]],
  [
    'chat',
    { messages: [u('q'), { ...a('w'), loss: false }, u('x'), { ...a('y'), loss: true }] },
    [u('q'), { ...a('w'), weight: 0 }, u('x'), a('y')],
  ],
  ['chat', { dialogue: [u('q'), a('w')] }, [u('q'), a('w')]],
  [
    'sharegpt-pairs',
    { system: 's', conversation: [{ human: 'q', assistant: 'w' }] },
    [s('s'), u('q'), a('w')],
  ],
  [
    'sharegpt-pairs',
    {
      conversation: [
        { system: 's', input: 'q', output: 'w' },
        { input: 'x', output: 'y' },
      ],
    },
    [s('s'), u('q'), a('w'), u('x'), a('y')],
  ],
  [
    'sharegpt',
    {
      items: [
        { from: 'human', value: 'q' },
        { from: 'gpt', value: 'w', weight: 0.5 },
      ],
    },
    [u('q'), { ...a('w'), weight: 0.5 }],
  ],
  ['prompt-completion', { input: 'q', target: 'w' }, [u('q'), a('w')]],
  ['alpaca', { instruction: 'i', input: 'n', output: 'o' }, [u('i\nn'), a('o')]],
  ['alpaca', { instruction: 'i', input: '', output: 'o', history: [] }, [u('i'), a('o')]],
  [
    'alpaca',
    { instruction: 'i', output: 'o', system: 's', history: [['x', 'y']] },
    [s('s'), u('x'), a('y'), u('i'), a('o')],
  ],
  ['alpaca', { instruction: 'i', context: 'c', response: 'o' }, [u('i\nc'), a('o')]],
  ['text', { text: 'all of it' }, 'all of it'],
  ['chat', { messages: [{ role: 'developer', content: 's' }, u('q'), a('w')] }, [s('s'), u('q'), a('w')]],
  ['chat', { conversations: [u('q'), a('w')] }, [u('q'), a('w')]],
  [
    'chat',
    { messages: [u('q'), { ...a('w'), weight: 0 }, u('q'), { ...a('w'), loss_weight: 0.5, refusal: null }] },
    [u('q'), { ...a('w'), weight: 0 }, u('q'), { ...a('w'), weight: 0.5 }],
  ],
  [
    'chat',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'q' },
            { type: 'text', value: '!' },
          ],
          loss_weight: 0,
        },
        a('w'),
      ],
    },
    [u('q!'), a('w')],
  ],
  [
    'sharegpt',
    {
      id: null,
      conversations: [
        { from: 'human', value: 'q' },
        { from: 'gpt', value: 'w' },
      ],
    },
    [u('q'), a('w')],
  ],
  [
    'sharegpt',
    {
      system: 's',
      conversations: [
        { from: 'user', value: 'q' },
        { from: 'assistant', value: 'w' },
      ],
    },
    [s('s'), u('q'), a('w')],
  ],
  [
    'sharegpt',
    {
      messages: [
        { from: 'system', value: 's' },
        { from: 'human', value: 'q' },
        { from: 'gpt', value: 'w' },
      ],
    },
    [s('s'), u('q'), a('w')],
  ],
])('%s is recognised and read: %j', (shape, value, messages) => {
  expect(read(value)).toMatchObject({ shape, messages, fate: null, faults: [] });
});

const weather = { name: 'weather', parameters: { type: 'object' } };
const calling = (text: string) => ({
  conversations: [
    { from: 'human', value: 'q' },
    { from: 'function_call', value: text },
    { from: 'observation', value: '14' },
    { from: 'gpt', value: 'w' },
  ],
  tools: JSON.stringify([weather]),
});

const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"SF"}' } };
const asking = (message: object, result: object = { role: 'tool', tool_call_id: 'c1', content: '14' }) => ({
  messages: [u('q'), { role: 'assistant', content: null, ...message }, result, a('w')],
  tools: [{ type: 'function', function: weather }],
});

describe('tools', () => {
  test('calls, results and schemas of OpenAI come through whole', () => {
    expect(read(asking({ tool_calls: [call] })).row).toEqual({
      kind: 'chat',
      ...asking({ tool_calls: [call] }),
    });
  });
  test('arguments given as an object become JSON text', () => {
    const object = { id: 'c1', function: { name: 'weather', arguments: { city: 'SF' } } };
    expect(read(asking({ tool_calls: [object] })).row).toEqual({
      kind: 'chat',
      ...asking({ tool_calls: [call] }),
    });
  });
  test('the older function_call and functions become calls and tools', () => {
    const { id: _, ...bare } = call;
    const result = { role: 'function', name: 'weather', content: '14' };
    const { messages } = asking({ function_call: call.function }, result);
    expect(read({ messages, functions: [weather] }).row).toEqual({
      kind: 'chat',
      ...asking({ tool_calls: [bare] }, { ...result, role: 'tool' }),
    });
  });
  test('calls of ShareGPT are JSON text in a turn, tools JSON text beside it', () => {
    const { id: _, ...bare } = call;
    const expected = { kind: 'chat', ...asking({ tool_calls: [bare] }, { role: 'tool', content: '14' }) };
    expect(read(calling('{"name":"weather","arguments":{"city":"SF"}}')).row).toEqual(expected);
    expect(read(calling('[{"name":"weather","arguments":"{\\"city\\":\\"SF\\"}"}]')).row).toEqual(expected);
    expect(faultsOf(calling('weather(SF)'))).toEqual([
      ['call_not_json', '/conversations/1/value', '"weather(SF)"'],
    ]);
    expect(faultsOf({ ...calling('{"name":"f"}'), tools: '{' })).toEqual([
      ['tools_not_json', '/tools', '"{"'],
    ]);
  });
});

describe('a recipe', () => {
  test('maps columns, and pointers name the columns of the file', () => {
    const data = dataOf({ columns: { prompt: 'q', completion: 'best/answer' } });
    expect(read({ q: 'x', 'best/answer': 'y', answer: 'z' }, data).messages).toEqual([u('x'), a('y')]);
    expect(read({ q: 'x', 'best/answer': '' }, data).faults).toMatchObject([
      { code: 'empty_answer', pointer: '/best~1answer' },
    ]);
    expect(read({ q: 'x' }, data)).toMatchObject({
      fate: 'quarantined',
      faults: [{ code: 'missing_column', pointer: '/best~1answer' }, { code: 'wrong_type' }],
    });
  });
  test('forces a shape where detection would take another', () => {
    const value = { instruction: 'i', input: 'n', output: 'o', text: 'all of it' };
    expect(read(value, dataOf({ shape: 'text' }))).toMatchObject({ shape: 'text', messages: 'all of it' });
    expect(read({ text: 'x' }, dataOf({ shape: 'prompt-completion' })).faults).toMatchObject([
      { code: 'missing_column', pointer: '/prompt' },
      { code: 'missing_column', pointer: '/completion' },
      { code: 'unused_keys' },
    ]);
  });
  test('gives a system message to rows that have none', () => {
    const data = dataOf({ system: 'be brief' });
    expect(read({ prompt: 'q', completion: 'w' }, data).messages).toEqual([s('be brief'), u('q'), a('w')]);
    expect(read({ prompt: 'q', completion: 'w', system: 's' }, data).messages).toEqual([
      s('s'),
      u('q'),
      a('w'),
    ]);
    expect(read({ text: 't' }, data).messages).toBe('t');
  });
});

test('rows of plain messages are chat by every shape’s own word', () => {
  const message = fc.record({
    role: fc.oneof(fc.constantFrom('user', 'assistant', 'tool'), fc.string()),
    content: fc.string(),
  });
  fc.assert(
    fc.property(fc.array(message, { minLength: 1 }), (messages) => {
      const scores = Object.values(SHAPES).map((shape) => shape.match({ messages }));
      expect(Math.max(...scores)).toBe(SHAPES.chat.match({ messages }));
      expect(detectShape({ messages })).toBe(SHAPES.chat);
    }),
  );
});
