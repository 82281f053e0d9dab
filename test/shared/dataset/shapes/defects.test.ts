import { expect, test } from 'vitest';
import { examine } from '../../../../shared/dataset/examine.ts';
import { dataOf } from '../drop.ts';

const u = (content: string) => ({ role: 'user', content });
const a = (content: string) => ({ role: 'assistant', content });

const faultsOf = (value: unknown) =>
  examine(value, dataOf()).faults.map(({ code, pointer, excerpt }) => [code, pointer, excerpt]);

const turns = (...messages: readonly unknown[]) => ({ messages });
test.each([
  [turns(u('q'), { role: 'assistant', content: null }), 'wrong_type', '/messages/1/content', 'null'],
  [turns(u('q'), { role: 'assistant' }), 'wrong_type', '/messages/1/content', 'missing'],
  [turns({ role: 'user', content: 3 }, a('w')), 'number_as_text', '/messages/0/content', '3'],
  [turns('hi', a('w')), 'wrong_type', '/messages/0', '"hi"'],
  [{ messages: 'hi' }, 'wrong_type', '/messages', '"hi"'],
  [{ messages: [] }, 'empty_messages', '/messages', 'a list of 0'],
  [{ conversations: [] }, 'empty_messages', '/conversations', 'a list of 0'],
  [turns({ role: 'foo', content: 'x' }, a('w')), 'unknown_role', '/messages/0/role', '"foo"'],
  [turns({ role: 'constructor', content: 'x' }, a('w')), 'unknown_role', '/messages/0/role', '"constructor"'],
  [turns(u('q'), { ...a('w'), weight: 2 }), 'bad_weight', '/messages/1/weight', '2'],
  [turns(u('q'), { ...a('w'), weight: true }), 'bad_weight', '/messages/1/weight', 'true'],
  [
    turns({ role: 'user', content: [{ type: 'image_url', image_url: {} }] }, a('w')),
    'image',
    '/messages/0/content/0',
    '"image_url"',
  ],
  [{ query: 'q', response: 'w', images: ['a.png'] }, 'image', '/images', 'a list of 1'],
  [turns(u('q'), { ...a('w'), 'a/b~c': 1 }), 'unused_keys', '/messages/1', '"a/b~c"'],
  [
    turns(u('q'), { ...a('w'), tool_calls: {} }),
    'wrong_type',
    '/messages/1/tool_calls',
    'an object of nothing',
  ],
  [
    {
      conversations: [
        { from: 'bot', value: 'x' },
        { from: 'gpt', value: 'w' },
      ],
    },
    'role_alias',
    '/conversations/0/from',
    '"bot"',
  ],
  [
    {
      conversations: [
        { from: 'human', value: null },
        { from: 'gpt', value: 'w' },
      ],
    },
    'wrong_type',
    '/conversations/0/value',
    'null',
  ],
  [{ instruction: null, output: 'o' }, 'wrong_type', '/instruction', 'null'],
  [{ instruction: 'i', output: 'o', history: [['x']] }, 'wrong_type', '/history/0', 'a list of 1'],
  [{ text: 3.3 }, 'number_as_text', '/text', '3.3'],
  [{ prompt: 'q', response: 'w', completion: 'w' }, 'ambiguous_columns', '/response', 'response, completion'],
  [{ prompt: 'q', completion: 'w', id: 7, meta: {} }, 'unused_keys', '', 'id, meta'],
  [{ contents: [], systemInstruction: {} }, 'empty_messages', '/contents', 'a list of 0'],
  [
    { schemaVersion: 'other-1', messages2: [] },
    'unsupported_shape',
    '',
    'bedrock of another version: schemaVersion, messages2',
  ],
  [{ input_ids: [1, 2], labels: [1, 2] }, 'unsupported_shape', '', 'tokens: input_ids, labels'],
  [
    { prompt: 'q', completions: ['a'], labels: [true] },
    'unsupported_shape',
    '',
    'stepwise supervision: prompt, completions, labels',
  ],
  [
    { prompt: 'q', responses: ['a', 'b'], scores: [1, 2] },
    'unsupported_shape',
    '',
    'ranked answers: prompt, responses, scores',
  ],
  [
    { query: 'q', choices: ['a', 'b'], gold: 0 },
    'unsupported_shape',
    '',
    'multiple choice: query, choices, gold',
  ],
  [
    { instruction: 'i', instances: [{ output: 'a' }, { output: 'b' }] },
    'unsupported_shape',
    '',
    'several instances: instruction, instances',
  ],
  [{ query: 'look <img>a.png</img>', response: 'w' }, 'image', '/query', '<img>a.png</img>'],
  [{ foo: 1, bar: 2 }, 'unknown_shape', '', 'found foo, bar; nearest shape prompt-completion'],
  [{ mesages: [] }, 'unknown_shape', '', 'found mesages; nearest shape chat'],
  [{}, 'unknown_shape', '', 'found no keys; nearest shape prompt-completion'],
  [['a'], 'not_object', '', 'a list of 1'],
  ['text', 'not_object', '', '"text"'],
  [null, 'not_object', '', 'null'],
])('%j is told as %s at %s', (value, ...fault) => {
  expect(faultsOf(value)).toEqual([fault]);
});

test('a question with keys for a grader is no conversation without an answer', () => {
  expect(examine(turns(u('q')), dataOf())).toMatchObject({ shape: 'chat', reason: 'no_assistant_message' });
  expect(examine({ ...turns(u('q')), id: 3 }, dataOf()).shape).toBe('chat');
  expect(examine({ ...turns(u('q')), compliant: 'yes' }, dataOf())).toMatchObject({
    shape: 'openai-rft',
    reason: 'unsupported_shape',
    row: null,
  });
});

test('all that is wrong with a row is told, and nothing is made of it', () => {
  const { row, fate, faults } = examine(
    turns({ role: 'x', content: null }, { role: 'assistant', content: 1, weight: -1 }),
    dataOf(),
  );
  expect(faults.map(({ pointer }) => pointer)).toEqual([
    '/messages/0/role',
    '/messages/0/content',
    '/messages/1/content',
    '/messages/1/weight',
  ]);
  expect([row, fate]).toEqual([null, 'quarantined']);
});

test('an unknown shape comes with what the nearest one needs', () => {
  expect(examine({ convrsations: [] }, dataOf()).faults[0]!.fix).toMatch(
    /sharegpt.*"from": "human".*data\.columns/,
  );
});
