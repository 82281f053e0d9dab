import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Row } from '../../../../shared/contracts/row.ts';
import { examine } from '../../../../shared/dataset/examine.ts';
import { finish, reader } from '../../../../shared/dataset/shapes/shape.ts';
import { dataOf, drop, jsonlOf } from '../drop.ts';

const u = (content: string) => ({ role: 'user', content });
const a = (content: string) => ({ role: 'assistant', content });
const s = (content: string) => ({ role: 'system', content });
const human = (value: string) => ({ from: 'human', value });
const gpt = (value: string) => ({ from: 'gpt', value });

const read = (value: unknown, data = dataOf()) => {
  const { shape, row, fate, faults } = examine(value, data);
  if (row) Row.parse(row);
  return { shape, row, fate, faults };
};
const faultsOf = (value: unknown) =>
  read(value).faults.map(({ code, pointer, excerpt }) => [code, pointer, excerpt]);

const PAIR = { kind: 'preference', messages: [u('q')], chosen: [a('w')], rejected: [a('v')] };

/** One pair in every spelling. */
const SPELLINGS: readonly (readonly [who: string, shape: string, row: unknown])[] = [
  [
    'OpenAI',
    'openai-dpo',
    {
      input: { messages: [u('q')], tools: [], parallel_tool_calls: true },
      preferred_output: [a('w')],
      non_preferred_output: [a('v')],
    },
  ],
  [
    'OpenAI of old',
    'openai-dpo',
    {
      input: { messages: [u('q')] },
      preferred_completion: [a('w')],
      non_preferred_completion: [a('v')],
    },
  ],
  ['TRL, texts', 'preference', { prompt: 'q', chosen: 'w', rejected: 'v' }],
  ['TRL, messages', 'preference', { prompt: [u('q')], chosen: [a('w')], rejected: [a('v')] }],
  ['TRL, prompt inside', 'preference', { chosen: [u('q'), a('w')], rejected: [u('q'), a('v')] }],
  [
    'TRL, prompt inside and beside',
    'preference',
    { prompt: 'q', messages: [u('q'), a('w')], chosen: [u('q'), a('w')], rejected: [u('q'), a('v')] },
  ],
  [
    'HH-RLHF',
    'preference',
    { chosen: '\n\nHuman: q\n\nAssistant: w', rejected: '\n\nHuman: q\n\nAssistant: v' },
  ],
  ['StackExchange', 'preference', { question: 'q', response_j: 'w', response_k: 'v' }],
  ['a table', 'preference', { Prompt: 'q', Chosen: 'w', Rejected: 'v' }],
  [
    'a table of JSON',
    'preference',
    { chosen: JSON.stringify([u('q'), a('w')]), rejected: JSON.stringify([u('q'), a('v')]) },
  ],
  ['question', 'preference', { question: 'q', chosen: 'w', rejected: 'v' }],
  ['Alpaca', 'preference', { instruction: 'q', input: '', chosen: 'w', rejected: 'v' }],
  ['ShareGPT', 'preference', { conversations: [human('q')], chosen: gpt('w'), rejected: gpt('v') }],
  ['Bailian', 'preference', { messages: [u('q')], chosen: a('w'), rejected: a('v') }],
  ['ms-swift', 'preference', { messages: [u('q'), a('w')], rejected_response: 'v' }],
  ['ms-swift, messages', 'preference', { messages: [u('q'), a('w')], rejected_messages: [a('v')] }],
];

describe('a pair of answers', () => {
  test.each(SPELLINGS)('as %s writes it is %s', (_, shape, value) => {
    expect(read(value)).toEqual({ shape, row: PAIR, fate: null, faults: [] });
  });
  test('the same pair is the same row, however it was written', async () => {
    const { report } = await drop({ file: 'a.jsonl', body: jsonlOf(SPELLINGS.map(([, , value]) => value)) });
    expect(report.rows).toMatchObject({ in: SPELLINGS.length, duplicate: SPELLINGS.length - 1 });
    expect(report.shapes).toEqual({ 'openai-dpo': 2, preference: SPELLINGS.length - 2 });
    expect(report.kinds).toEqual({ preference: 1 });
  });
  test('system, history and tools come along', () => {
    const row = { system: 's', history: [['x', 'y']], question: 'q', chosen: 'w', rejected: 'v' };
    expect(read(row).row).toMatchObject({ messages: [s('s'), u('x'), a('y'), u('q')] });
    const tool = { type: 'function', function: { name: 'f' } };
    const input = { messages: [u('q')], tools: [tool] };
    const { row: withTools } = read({
      input,
      preferred_output: [a('w')],
      non_preferred_output: [a('v')],
    });
    expect(withTools).toEqual({ ...PAIR, tools: [tool] });
    const talk = { conversations: [human('q')], system: 's', tools: JSON.stringify([{ name: 'f' }]) };
    expect(read({ ...talk, chosen: gpt('w'), rejected: gpt('v') }).row).toEqual({
      ...PAIR,
      messages: [s('s'), u('q')],
      tools: [tool],
    });
  });
  test('rounds that both lists share are the prompt', () => {
    const shared = [u('q'), a('x'), u('r')];
    expect(read({ chosen: [...shared, a('w')], rejected: [...shared, a('v')] }).row).toEqual({
      ...PAIR,
      messages: shared,
    });
  });
  test('transcripts are cut into turns, and only where someone speaks', () => {
    const start = 'Human: q\nHuman: is a word\n\nAssistant: x\n\ny\n\nHuman: r\n\nAssistant:';
    expect(read({ chosen: `${start} w`, rejected: `${start} v` }).row).toEqual({
      ...PAIR,
      messages: [u('q\nHuman: is a word'), a('x\n\ny'), u('r')],
    });
    expect(read({ prompt: 'q', chosen: 'As a Human: w', rejected: 'v' }).row).toMatchObject({
      chosen: [a('As a Human: w')],
    });
  });
  test('columns of other names are mapped', () => {
    const columns = { prompt: 'question', chosen: 'response_j', rejected: 'response_k' };
    const value = { question: 'q', response_j: 'w', response_k: 'v' };
    expect(read(value, dataOf({ columns }))).toMatchObject({ shape: 'preference', row: PAIR, faults: [] });
    expect(read({ ...value, response_k: 'w' }, dataOf({ columns })).faults).toMatchObject([
      { code: 'answers_equal', pointer: '/response_k' },
    ]);
  });
  test('a system message of the recipe goes before the prompt', () => {
    expect(read({ prompt: 'q', chosen: 'w', rejected: 'v' }, dataOf({ system: 's' })).row).toEqual({
      ...PAIR,
      messages: [s('s'), u('q')],
    });
  });
  test('of any dialogue, cut where two answers part, the whole comes back', () => {
    const words = fc.string({ minLength: 1, maxLength: 8 });
    const rounds = fc.array(fc.tuple(words, words), { maxLength: 3 });
    fc.assert(
      fc.property(rounds, words, words, words, (past, question, chosen, rejected) => {
        fc.pre(chosen !== rejected);
        const prompt = [...past.flatMap(([q, w]) => [u(q), a(w)]), u(question)];
        const { row } = read({ chosen: [...prompt, a(chosen)], rejected: [...prompt, a(rejected)] });
        expect(row).toEqual({
          kind: 'preference',
          messages: prompt,
          chosen: [a(chosen)],
          rejected: [a(rejected)],
        });
      }),
    );
  });
  test.each([
    [{ chosen: [u('q'), a('w')], rejected: [u('r'), a('v')] }, 'prompts_differ', '/chosen/0/role', '"q"'],
    [
      { chosen: [u('q'), a('x'), u('r'), a('w')], rejected: [u('q'), a('y'), u('r'), a('v')] },
      'prompts_differ',
      '/chosen/2/role',
      '"r"',
    ],
    [
      { prompt: 'q', chosen: [a('w')], rejected: [u('r'), a('v')] },
      'prompts_differ',
      '/rejected/0/role',
      '"r"',
    ],
    [{ chosen: 'w', rejected: 'v' }, 'missing_column', '/prompt', 'two answers and no prompt'],
    [
      { messages: [s('s'), u('q')], rejected_response: 'v' },
      'missing_column',
      '/messages',
      'no answer follows the last question',
    ],
    [{ prompt: 'q', chosen: 'w', rejected: null }, 'wrong_type', '/rejected', 'null'],
    [{ prompt: 'q', chosen: 'w', rejected: [] }, 'empty_messages', '/rejected', 'a list of 0'],
    [
      { input: 'q', preferred_output: [a('w')], non_preferred_output: [a('v')] },
      'wrong_type',
      '/input',
      '"q"',
    ],
    [
      {
        input: { messages: [u('q')] },
        preferred_output: [{ role: 'x', content: 'w' }],
        non_preferred_output: [a('v')],
      },
      'unknown_role',
      '/preferred_output/0/role',
      '"x"',
    ],
  ])('%j is told', (value, ...fault) => {
    const found = faultsOf(value);
    expect(found).toContainEqual(fault);
    expect(read(value)).toMatchObject({ row: null, fate: 'quarantined' });
  });
});

const LABELLED = { kind: 'kto', messages: [u('q'), a('w')], label: true };

test('a pair without a prompt is told whatever remarks there are besides', () => {
  const answer = { ...a('w'), mood: 'calm' };
  for (const value of [
    { chosen: answer, rejected: a('v') },
    { messages: [answer], rejected_response: 'v' },
  ])
    expect(read(value)).toMatchObject({
      row: null,
      fate: 'quarantined',
      faults: [{ code: 'unused_keys' }, { code: 'missing_column', excerpt: 'two answers and no prompt' }],
    });
});

test('a reading that gives no row says so, where nothing else was told', () => {
  expect(finish(reader(), null, [])).toMatchObject({
    row: null,
    defects: [{ code: 'missing_column', excerpt: 'nothing to learn from' }],
  });
});

describe('a labelled answer', () => {
  test.each([
    ['TRL, texts', { prompt: 'q', completion: 'w', label: true }],
    ['TRL, messages', { prompt: [u('q')], completion: [a('w')], label: true }],
    ['ms-swift', { messages: [u('q'), a('w')], label: true }],
    ['LLaMA-Factory', { conversations: [human('q'), gpt('w')], kto_tag: true }],
    ['Alpaca', { instruction: 'q', output: 'w', kto_tag: true }],
    ['a table', { question: 'q', answer: 'w', label: 'TRUE' }],
  ])('as %s writes it', (_, value) => {
    expect(read(value)).toEqual({ shape: 'kto', row: LABELLED, fate: null, faults: [] });
  });
  test('good and bad are two rows', () => {
    expect(read({ prompt: 'q', completion: 'w', label: false }).row).toEqual({ ...LABELLED, label: false });
  });
  test('a label that is no judgement is just another column', () => {
    expect(read({ prompt: 'q', completion: 'w', label: 'sports' })).toMatchObject({
      shape: 'prompt-completion',
      faults: [{ code: 'unused_keys', excerpt: 'label' }],
    });
    expect(read({ text: 't', label: [true] })).toMatchObject({ shape: 'text' });
  });
  test('where the recipe says that it is one, it is told what it must be', () => {
    const data = dataOf({ shape: 'kto' });
    expect(read({ prompt: 'q', completion: 'w', label: 'maybe' }, data)).toMatchObject({
      row: null,
      faults: [{ code: 'bad_label', pointer: '/label', excerpt: '"maybe"' }],
    });
  });
});
