import { expect, test } from 'vitest';
import { kindOf, ROW_CHECKS, SET_CHECKS } from '../../../../shared/dataset/checks/index.ts';
import { LONGEST_ROW } from '../../../../shared/dataset/checks/row-too-long.ts';
import { examine } from '../../../../shared/dataset/examine.ts';
import { PROBLEMS } from '../../../../shared/dataset/problems.ts';
import { dataOf } from '../drop.ts';

const u = { role: 'user', content: 'q' };
const a = { role: 'assistant', content: 'w' };
const s = { role: 'system', content: 's' };
const chat = (...messages: readonly unknown[]) => ({ messages });
const pair = (completion: string, prompt = 'q') => ({ prompt, completion });
const call = (args: string, id?: string) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, function: { name: 'f', arguments: args } }],
});
const b = { role: 'assistant', content: 'v' };
const preferring = (messages: unknown[], chosen: unknown[], rejected: unknown[]) => ({
  messages,
  chosen,
  rejected,
});
const labelled = (label: boolean, ...messages: unknown[]) => ({ messages, label });
const tool = (id?: string) => ({ role: 'tool', content: '1', ...(id ? { tool_call_id: id } : {}) });

type Case = {
  readonly at: readonly (readonly [row: unknown, pointer: string])[];
  readonly not: readonly unknown[];
};

const judge = (value: unknown) => examine(value, dataOf());

/** For each check: rows that it must find, where, and near misses that it must let pass. */
const CASES: Record<string, Case> = {
  no_assistant_message: {
    at: [
      [chat(u), '/messages/0/role'],
      [chat(s, u), '/messages/1/role'],
    ],
    not: [chat(u, a), { text: 't' }, preferring([u], [a], [b])],
  },
  last_not_assistant: {
    at: [
      [chat(u, a, u), '/messages/2/role'],
      [chat(u, a, s), '/messages/2/role'],
    ],
    not: [chat(u, a), chat(u), labelled(true, u, a, u)],
  },
  judged_not_last: {
    at: [
      [labelled(true, u, a, u), '/messages/2/role'],
      [preferring([u], [a], [call('{}', 'x'), tool('x')]), '/rejected/1/role'],
    ],
    not: [labelled(false, u, a), preferring([u], [a], [b]), chat(u, a, u)],
  },
  several_system_messages: {
    at: [
      [chat(s, s, u, a), '/messages/1/role'],
      [preferring([s, s, u], [a], [b]), '/messages/1/role'],
    ],
    not: [chat(s, u, a), chat(u, s, a)],
  },
  system_not_first: {
    at: [
      [chat(u, s, a), '/messages/1/role'],
      [chat(s, u, a, s, u, a), '/messages/3/role'],
      [preferring([u, s], [a], [b]), '/messages/1/role'],
    ],
    not: [chat(s, u, a), chat(s, s, u, a), preferring([s, u], [a], [b])],
  },
  orphan_tool_result: {
    at: [
      [chat(u, tool(), a), '/messages/1/role'],
      [chat(u, call('{}', 'x'), tool('y'), a), '/messages/2/tool_call_id'],
      [chat(u, call('{}', 'x'), u, tool('x'), a), '/messages/3/tool_call_id'],
    ],
    not: [chat(u, call('{}', 'x'), tool('x'), tool(), a), chat(u, call('{}'), tool('any'), a)],
  },
  arguments_not_json: {
    at: [
      [chat(u, call('city is Paris')), '/messages/1/tool_calls/0/function/arguments'],
      [chat(u, call('[1]')), '/messages/1/tool_calls/0/function/arguments'],
      [chat(u, call('')), '/messages/1/tool_calls/0/function/arguments'],
      [preferring([u], [a], [call('[1]')]), '/rejected/0/tool_calls/0/function/arguments'],
    ],
    not: [chat(u, call('{"city": null}')), chat(u, call("{'city': None}"))],
  },
  arguments_loose_json: {
    at: [
      [chat(u, call("{'city': 'Paris', 'now': True}")), '/messages/1/tool_calls/0/function/arguments'],
      [chat(u, call('{"city": "Paris",}')), '/messages/1/tool_calls/0/function/arguments'],
      [chat(u, call('"{\\"city\\": 1}"')), '/messages/1/tool_calls/0/function/arguments'],
    ],
    not: [chat(u, call('{"city": "{}"}')), chat(u, call('[1,]')), chat(u, call('{'))],
  },
  prompt_ends_with_answer: {
    at: [[preferring([u, a], [a], [b]), '/messages/1/role']],
    not: [preferring([u, a, u], [a], [b]), preferring([u, call('{}', 'x'), tool('x')], [a], [b])],
  },
  answers_equal: {
    at: [
      [preferring([u], [a], [a]), '/rejected/0/content'],
      [{ prompt: 'q', chosen: 'w', rejected: 'w' }, '/rejected'],
      [{ chosen: [u, a], rejected: [u, a] }, '/rejected/1/content'],
    ],
    not: [{ prompt: 'q', chosen: 'w', rejected: 'w ' }],
  },
  lone_surrogate: {
    at: [
      [pair('a\ud83d'), '/completion'],
      [{ text: '\ude00 b' }, '/text'],
      [{ prompt: 'q', chosen: 'w', rejected: '\ud800' }, '/rejected'],
      [chat(u, { ...a, reasoning_content: '\ud800' }), '/messages/1/reasoning_content'],
    ],
    not: [pair('😀'), pair('\ufffd')],
  },
  empty_turn: {
    at: [
      [chat(u, { ...a, content: '' }, u, a), '/messages/1/content'],
      [chat(u, a, { ...u, content: ' ' }, a), '/messages/2/content'],
      [chat(u, a, u, { ...a, content: '\n' }), '/messages/3/content'],
    ],
    not: [chat(u, { ...a, content: '' }), chat(u, call('{}'), tool(), a), chat({ ...u, content: '' }, a)],
  },
  empty_prompt: {
    at: [
      [pair('w', ' \n'), '/prompt'],
      [{ instruction: '', output: 'o' }, '/instruction'],
      [{ prompt: ' ', chosen: 'w', rejected: 'v' }, '/prompt'],
      [{ prompt: '', completion: 'w', label: true }, '/prompt'],
    ],
    not: [pair('w', '.'), { instruction: '', input: 'n', output: 'o' }],
  },
  empty_answer: {
    at: [
      [pair(''), '/completion'],
      [pair(' \u3000'), '/completion'],
      [labelled(true, u, { ...a, content: '' }), '/messages/1/content'],
      [{ prompt: 'q', chosen: '', rejected: 'v' }, '/chosen'],
      [{ prompt: 'q', completion: '', label: true }, '/completion'],
    ],
    not: [
      { prompt: 'q', chosen: 'w', rejected: '' },
      { prompt: 'q', completion: '', label: false },
      pair('0'),
      chat(u, call('{}')),
      chat(u, { ...a, content: '', weight: 0 }, u, a),
    ],
  },
  empty_text: {
    at: [
      [{ text: '' }, '/text'],
      [{ text: '\n' }, '/text'],
    ],
    not: [{ text: '-' }],
  },
  nothing_weighted: {
    at: [[chat(u, { ...a, weight: 0 }), '/messages/1/weight']],
    not: [labelled(true, u, { ...a, weight: 0 }), chat(u, { ...a, weight: 0 }, u, { ...a, weight: 0.1 })],
  },
  only_special_tokens: {
    at: [
      [pair('<s>'), '/completion'],
      [pair(' </s>\n<|im_end|> '), '/completion'],
      [pair('w', '[PAD]'), '/prompt'],
      [{ text: '<|endoftext|>' }, '/text'],
    ],
    not: [pair('<s>x</s>'), pair('<b>'), pair('[1]'), pair('<|')],
  },
  row_too_long: {
    at: [[{ text: 'x'.repeat(LONGEST_ROW + 1) }, '/text']],
    not: [{ text: 'x'.repeat(LONGEST_ROW) }],
  },
  same_role_twice: {
    at: [
      [chat(u, u, a), '/messages/1/role'],
      [chat(u, a, a), '/messages/2/role'],
      [preferring([u, u], [a], [b]), '/messages/1/role'],
      [preferring([u], [a], [b, b]), '/rejected/1/role'],
    ],
    not: [chat(u, call('{}', 'x'), tool('x'), tool('x'), a)],
  },
  answer_first: {
    at: [
      [chat(a, u, a), '/messages/0/role'],
      [chat(s, a), '/messages/1/role'],
    ],
    not: [chat(s, u, a), preferring([u], [a], [b])],
  },
  placeholder: {
    at: [
      [pair('I am {{name}}.'), '/completion'],
      [pair('w', 'Dear {{ first name }}'), '/prompt'],
      [{ text: '{{公司}}' }, '/text'],
    ],
    not: [pair('{name}'), pair('x = {{1, 2}, {3, 4}}'), pair('{{}}'), pair('f"{{{x}}}"'.replace('x', '1'))],
  },
};

test('every check that decides about a row has cases', () => {
  const deciding = ROW_CHECKS.filter(({ fate }) => fate !== null).map(({ code }) => code);
  expect(Object.keys(CASES)).toEqual(expect.arrayContaining(deciding));
});

test('what is said to be fixable can be mended, and nothing else', () => {
  for (const { code, fixable, mendText, mendRow } of ROW_CHECKS)
    expect([code, mendText !== undefined || mendRow !== undefined]).toEqual([code, fixable]);
});

for (const [code, { at, not }] of Object.entries(CASES)) {
  test(`${code} finds what is planted, where it is, and lets near misses pass`, () => {
    for (const [value, pointer] of at) {
      const found = examine(value, dataOf()).faults.filter((fault) => fault.code === code);
      expect(found.map((fault) => fault.pointer)).toEqual([pointer]);
      expect(found[0]!.excerpt.length).toBeLessThanOrEqual(120);
    }
    for (const value of not)
      expect(examine(value, dataOf()).faults.map((fault) => fault.code)).not.toContain(code);
  });
}

test('a row with an error is quarantined although a rule would drop it, a warning leaves it alone', () => {
  expect(judge(chat(u, { ...a, content: '' }, u))).toMatchObject({
    fate: 'quarantined',
    reason: 'last_not_assistant',
  });
  expect(judge(pair(''))).toMatchObject({ fate: 'dropped', reason: 'empty_answer' });
  expect(judge(chat(u, a, a))).toMatchObject({ fate: null, reason: null });
});

test('every code is used once and says what to do', () => {
  const codes = [...Object.keys(PROBLEMS), ...[...ROW_CHECKS, ...SET_CHECKS].map(({ code }) => code)];
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) {
    const { message, fix, severity, fate, rejects } = kindOf(code);
    expect(message.length * fix.length, code).toBeGreaterThan(0);
    if (fate === 'quarantined' || rejects) expect(severity, code).toBe('error');
  }
  expect(() => kindOf('constructor')).toThrow(TypeError);
});
