import { describe, expect, test } from 'vitest';
import { kindOf, ROW_CHECKS, SET_CHECKS } from '../../../../shared/dataset/checks/index.ts';
import { LONGEST_ROW } from '../../../../shared/dataset/checks/row-too-long.ts';
import { examine } from '../../../../shared/dataset/examine.ts';
import { PROBLEMS } from '../../../../shared/dataset/problems.ts';
import { dataOf, drop, jsonlOf, linesOf, pairs } from '../drop.ts';

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
    not: [chat(u, a), { text: 't' }],
  },
  last_not_assistant: {
    at: [
      [chat(u, a, u), '/messages/2/role'],
      [chat(u, a, s), '/messages/2/role'],
    ],
    not: [chat(u, a)],
  },
  system_not_first: {
    at: [
      [chat(u, s, a), '/messages/1/role'],
      [chat(s, s, u, a), '/messages/1/role'],
    ],
    not: [chat(s, u, a)],
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
      [chat(u, call('{city: 1}')), '/messages/1/tool_calls/0/function/arguments'],
      [chat(u, call('[1]')), '/messages/1/tool_calls/0/function/arguments'],
      [chat(u, call('')), '/messages/1/tool_calls/0/function/arguments'],
    ],
    not: [chat(u, call('{"city": null}'))],
  },
  lone_surrogate: {
    at: [
      [pair('a\ud83d'), '/completion'],
      [{ text: '\ude00 b' }, '/text'],
      [chat(u, { ...a, reasoning_content: '\ud800' }), '/messages/1/reasoning_content'],
    ],
    not: [pair('😀'), pair('\ufffd')],
  },
  empty_prompt: {
    at: [
      [pair('w', ' \n'), '/prompt'],
      [{ instruction: '', output: 'o' }, '/instruction'],
    ],
    not: [pair('w', '.'), { instruction: '', input: 'n', output: 'o' }],
  },
  empty_answer: {
    at: [
      [pair(''), '/completion'],
      [pair(' \u3000'), '/completion'],
      [chat(u, { ...a, content: '' }, u, a), '/messages/1/content'],
    ],
    not: [pair('0'), chat(u, call('{}')), chat(u, { ...a, content: '', weight: 0 }, u, a)],
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
    not: [chat(u, { ...a, weight: 0 }, u, { ...a, weight: 0.1 })],
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
    ],
    not: [chat(u, call('{}', 'x'), tool('x'), tool('x'), a)],
  },
  answer_first: {
    at: [
      [chat(a, u, a), '/messages/0/role'],
      [chat(s, a), '/messages/1/role'],
    ],
    not: [chat(s, u, a)],
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

test('every row check has cases', () => {
  expect(Object.keys(CASES)).toEqual(ROW_CHECKS.map(({ code }) => code));
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

const train = (rows: readonly unknown[]) => ({ file: 'train.jsonl', body: jsonlOf(rows) });
const valid = (rows: readonly unknown[]) => ({
  file: 'valid.jsonl',
  role: 'valid' as const,
  body: jsonlOf(rows),
});
const bad = (n: number) => Array.from({ length: n }, () => ({ foo: 1 }));

describe('all rows together', () => {
  test('later copies of a row are duplicates in any shape; a recipe may keep them', async () => {
    const copy = chat({ role: 'user', content: 'question 0' }, { content: 'answer 0', role: 'assistant' });
    const { report, rows } = await drop(train([...pairs(12), copy, pairs(1)[0]]));
    expect(report.rows).toMatchObject({ in: 14, duplicate: 2 });
    expect(linesOf(report)['exact_duplicate']).toEqual([13, 14]);
    expect(rows[12]).toMatchObject({ fate: 'duplicate', reason: 'exact_duplicate' });
    const kept = await drop(train([...pairs(12), copy]), { data: { duplicates: 'keep' } });
    expect(kept.report.rows).toMatchObject({ in: 13, duplicate: 0 });
    expect(linesOf(kept.report)['exact_duplicate']).toEqual([13]);
  });
  test('a row of the test is taken out of training, whichever file comes first', async () => {
    const [t, v] = [train(pairs(15)), valid([...pairs(2), ...pairs(3, 'v')])];
    for (const files of [
      [t, v],
      [v, t],
    ]) {
      const { report } = await drop(files);
      expect(report.rows).toMatchObject({ in: 20, train: 13, held_out: 5, dropped: 2 });
      expect(linesOf(report)['train_valid_overlap']).toEqual([1, 2]);
    }
  });
  test('ten good rows are enough and nine are not', async () => {
    expect((await drop(train(pairs(10)))).report).toMatchObject({
      status: 'ready',
      rows: { train: 8, held_out: 2 },
    });
    const { report } = await drop(train([...pairs(9), pairs(1)[0]]));
    expect(report.status).toBe('rejected');
    expect(linesOf(report)).toHaveProperty('too_few_rows', [null]);
  });
  test('half of the rows may be bad and not one more', async () => {
    expect((await drop(train([...pairs(12), ...bad(12)]))).report.status).toBe('ready');
    const { report } = await drop(train([...pairs(12), ...bad(13)]));
    expect(report.status).toBe('rejected');
    expect(linesOf(report)).toHaveProperty('mostly_bad_rows');
  });
  test('a validation file of which nothing is left refuses the dataset', async () => {
    const { report } = await drop([train(pairs(20)), valid([{ foo: 1 }])]);
    expect(report.status).toBe('rejected');
    expect(linesOf(report)).toHaveProperty('no_valid_rows');
  });
});
