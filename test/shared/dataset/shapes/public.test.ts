/** Layouts of datasets that many people have: what is read, and what must not be taken for something else. */
import { describe, expect, test } from 'vitest';
import { Row } from '../../../../shared/contracts/row.ts';
import { examine } from '../../../../shared/dataset/examine.ts';
import { dataOf } from '../drop.ts';

const u = (content: string) => ({ role: 'user', content });
const a = (content: string) => ({ role: 'assistant', content });
const s = (content: string) => ({ role: 'system', content });
const human = (value: string) => ({ from: 'human', value });
const gpt = (value: string) => ({ from: 'gpt', value });

const read = (value: unknown) => {
  const { shape, row, faults, fate } = examine(value, dataOf());
  if (row) Row.parse(row);
  return { shape, row, fate, faults };
};

test.each([
  // OpenOrca, TRL, Nemotron: the system message under its longer name
  [{ system_prompt: 's', question: 'q', response: 'w' }, [s('s'), u('q'), a('w')]],
  [{ system_prompt: 's', input: [u('q')], output: 'w' }, [s('s'), u('q'), a('w')]],
  [{ System_Prompt: 's', messages: [u('q'), a('w')] }, [s('s'), u('q'), a('w')]],
  // OpenHermes: the same message twice
  [
    { system_prompt: 's', conversations: [{ from: 'system', value: 's' }, human('q'), gpt('w')] },
    [s('s'), u('q'), a('w')],
  ],
  // LIMA, UltraChat, DailyDialog: texts that take turns
  [{ conversations: ['q', 'w'] }, [u('q'), a('w')]],
  [{ data: ['q', 'w', 'x', 'y'] }, [u('q'), a('w'), u('x'), a('y')]],
  [{ system: 's', dialog: ['q', 'w'] }, [s('s'), u('q'), a('w')]],
  // Cohere
  [
    {
      messages: [
        { role: 'System', content: 's' },
        { role: 'User', content: 'q' },
        { role: 'Chatbot', content: 'w' },
      ],
    },
    [s('s'), u('q'), a('w')],
  ],
  // RACE, BoolQ, Axolotl's context_qa: a question and the text that it is about
  [{ article: 't', question: 'q', answer: 'w' }, [u('q\nt'), a('w')]],
  [{ passage: 't', question: 'q', answer: 'w' }, [u('q\nt'), a('w')]],
  // Google's AI Studio, Metharme, OpenAI's evals
  [{ text_input: 'q', output: 'w' }, [u('q'), a('w')]],
  [{ prompt: 'q', generation: 'w' }, [u('q'), a('w')]],
  [{ input: [u('q')], ideal: 'w' }, [u('q'), a('w')]],
  // FLAN, Aya; what is called a context may be all that is asked
  [{ inputs: 'q', targets: 'w' }, [u('q'), a('w')]],
  [{ Context: 'q', Response: 'w' }, [u('q'), a('w')]],
  [{ problem: 'q', context: 't', solution: 'w' }, [u('q\nt'), a('w')]],
  // as pandas writes lists into a table
  [
    { messages: "[{'role': 'user', 'content': \"it's\"}, {'role': 'assistant', 'content': 'w'}]" },
    [u("it's"), a('w')],
  ],
])('%j is read', (value, messages) => {
  expect(read(value)).toMatchObject({ row: { messages }, fate: null, faults: [] });
});

test.each([
  [{ prompt: 'q', completion: 'w', data: ['x', 'y'] }, 'prompt-completion'],
  [{ dialog: ['x', 'y'], turns: [u('q'), a('w')] }, 'chat'],
])('a list of texts in %j is not the conversation', (value, shape) => {
  expect(read(value)).toMatchObject({ shape, row: { messages: [u('q'), a('w')] } });
});

describe('answers that somebody judged', () => {
  test.each([
    [1, true],
    [0, false],
    ['1', true],
    ['0', false],
  ])('label %j', (label, found) => {
    expect(read({ prompt: 'q', completion: 'w', label })).toMatchObject({
      shape: 'kto',
      row: { label: found },
    });
  });

  test.each([
    [{ system_prompt: 's', prompt: 'q', chosen: 'w', rejected: 'x' }, [s('s'), u('q')]],
    [{ chosen_conversations: [u('q'), a('w')], rejected_conversations: [u('q'), a('x')] }, [u('q')]],
    // sides that hold the prompt: what the row says of it once more does not matter, the system message does
    [
      { prompt: 'q', question: 'q', chosen: [u('q'), a('w')], rejected: [u('q'), a('x')], system: 's' },
      [s('s'), u('q')],
    ],
    // Nova
    [
      {
        system: [{ text: 's' }],
        messages: [
          { role: 'user', content: [{ text: 'q' }] },
          {
            role: 'assistant',
            candidates: [
              { content: [{ text: 'x' }], preferenceLabel: 'non-preferred' },
              { content: [{ text: 'w' }], preferenceLabel: 'preferred' },
            ],
          },
        ],
      },
      [s('s'), u('q')],
    ],
    [{ query: 'q', response: 'w', rejected_response: 'x', history: [['p', 'r']] }, [u('p'), a('r'), u('q')]],
  ])('%j', (value, messages) => {
    const row = { kind: 'preference', messages, chosen: [a('w')], rejected: [a('x')] };
    expect(read(value)).toMatchObject({ row, fate: null, faults: [] });
  });
});

describe('calls', () => {
  const called = [{ type: 'function', function: { name: 'find', arguments: '{"city":"Oslo"}' } }];
  const tools = [{ name: 'find', parameters: { type: 'object', properties: { city: { type: 'string' } } } }];

  test('without a function around them', () => {
    const calls = [{ name: 'find', arguments: { city: 'Oslo' } }];
    const value = { messages: [u('q'), { role: 'assistant', tool_calls: calls }], tools };
    expect(read(value).row).toMatchObject({ messages: [u('q'), { content: null, tool_calls: called }] });
  });

  test('as the answer, as xLAM has them', () => {
    const answers = JSON.stringify([{ name: 'find', arguments: { city: 'Oslo' } }]);
    const value = { id: 1, query: 'q', answers, tools: JSON.stringify(tools) };
    expect(read(value)).toMatchObject({
      fate: null,
      row: { messages: [u('q'), { content: null, tool_calls: called }] },
    });
    expect(read({ query: 'q', answers: '[{"name": "x"}]' })).toMatchObject({ shape: null });
  });

  test.each(['<tool_call>\n{"name": "find"}\n</tool_call>', '[find(city="Oslo")]'])(
    'in the text %j are answered',
    (text) => {
      const turns = [human('q'), gpt(text), { from: 'tool', value: '{}' }, gpt('w')];
      expect(read({ conversations: turns })).toMatchObject({ fate: null, faults: [] });
      expect(read({ conversations: [human('q'), gpt('Yes.'), ...turns.slice(2)] }).fate).toBe('quarantined');
    },
  );
});

describe('what would teach something else than was meant is refused', () => {
  test.each([
    ['classified text', { text: 'What a film', label: 1 }],
    ['classified text', { text: 'What a film', Label: 'positive' }],
    ['text with its answer', { text: 'Add two numbers.', code: 'a + b', task_id: 1 }],
    ['text with its answer', { text: 'A long text', summary: 'Short' }],
    ['one message a row', { message_id: 'm', parent_id: 'p', text: 'q', role: 'prompter' }],
    ['multiple choice', { question: 'does y follow x in vitamin A.', choices: ['x', 'y'], answer: 1 }],
    ['multiple choice', { question: 'q', options: { A: 'x', B: 'y' }, answer: 'B' }],
    ['multiple choice', { question: 'q', A: 'x', B: 'y', C: 'z', D: 'w', answer: '(B)' }],
    ['multiple choice', { question: 'q', choices: { text: ['x', 'y'], label: ['A', 'B'] }, answerKey: 'A' }],
  ])('%s: %j', (name, value) => {
    const { row, faults } = read(value);
    expect(row).toBeNull();
    expect(faults).toMatchObject([{ code: 'unsupported_shape', excerpt: expect.stringContaining(name) }]);
  });

  test.each([
    { text: 'A page', url: 'x', label: null },
    { question: 'q: (A) red (B) blue', options: ['red', 'blue'], answer: 'B' },
    { question: 'q', options: ['red', 'blue'], answer: 'blue' },
  ])('%j is not', (value) => {
    expect(read(value).fate).toBeNull();
  });
});

test.each([
  [[u('q'), a('w')], 'not_object', '', 'messages'],
  [{ data: { messages: [u('q'), a('w')] } }, 'unknown_shape', '', 'under data'],
  [{ question: 'q', answer: { value: 'w', aliases: ['w'] } }, 'wrong_type', '/answer', ''],
  [{ question: 'q', answers: { text: ['w'], answer_start: [0] } }, 'unknown_shape', '', 'nearest shape'],
  [
    {
      messages: [
        { role: 'user', content: [{ text: 'q' }] },
        { role: 'assistant', candidates: [] },
      ],
    },
    'wrong_type',
    '/messages/1/candidates',
    '',
  ],
])('%j is told with its place and a way out', (value, code, pointer, fix) => {
  const { faults } = read(value);
  expect(faults[0]).toMatchObject({ code, pointer });
  expect(faults[0]?.fix ?? '').toContain(fix);
});

test('a second name for the answer that is not read is told', () => {
  const { faults } = read({ problem: 'q', answer: '4', solution: 'Add two and two.' });
  expect(faults).toMatchObject([{ code: 'unused_keys', excerpt: 'solution' }]);
});

test('a text in place of a list, and a header that is none, are told with a way out', () => {
  const numpy = "[{'role': 'user', 'content': 'q'}\n {'role': 'assistant', 'content': 'w'}]";
  expect(read({ messages: numpy }).faults).toMatchObject([
    { code: 'wrong_type', fix: expect.stringContaining('json.dumps') },
  ]);
  expect(read({ 'Where is the oldest bridge of Paris?': 'x', Over: 'y' }).faults).toMatchObject([
    { code: 'unknown_shape', fix: expect.stringContaining('header') },
  ]);
  expect(read({ train: [{ prompt: 'q' }], test: [{ prompt: 'q' }] }).faults).toMatchObject([
    { code: 'unknown_shape', fix: expect.stringContaining('train, test') },
  ]);
});
