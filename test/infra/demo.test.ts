/** The demonstration datasets: what the README says about them, row by row. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { Recipe } from '../../shared/contracts/recipe.ts';

const ROOT = new URL('../../infra/local/demo/', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const content = z.string().trim().min(1);
const said = <const R extends string>(role: R) => z.strictObject({ role: z.literal(role), content });
const ChatRow = z.strictObject({
  messages: z.tuple([said('system'), said('user'), said('assistant')]),
});
type Pair = { readonly prompt: string; readonly answer: string };

const rowsOf = (path: string): Pair[] =>
  read(path)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, user, assistant] = ChatRow.parse(JSON.parse(line)).messages;
      return { prompt: user.content, answer: assistant.content };
    });

/** Answers may be this many characters long; `similar` bounds the 5-gram overlap of a held-out prompt with train. */
const TASKS = [
  { task: 'format', longest: 110, similar: 0.4, schema: 'call.schema.json' },
  { task: 'knowledge', longest: 60, similar: 0.4, schema: undefined },
  { task: 'style', longest: 220, similar: 0.5, schema: undefined },
].map(({ task, longest, similar, schema }) => {
  const [train, valid] = [rowsOf(`${task}/train.jsonl`), rowsOf(`${task}/valid.jsonl`)];
  return { task, longest, similar, schema, train, valid };
});
const of = (name: string) => TASKS.find(({ task }) => task === name)!;
const bothOf = (name: string): Pair[] => [...of(name).train, ...of(name).valid];

const grams = (text: string): Set<string> => {
  const letters = [...text.toLowerCase()];
  return new Set(
    letters.map((_, i) => letters.slice(i, i + 5).join('')).slice(0, Math.max(1, letters.length - 4)),
  );
};
// |A ∩ B| / |A ∪ B|
const jaccard = (a: Set<string>, b: Set<string>): number => {
  const shared = [...a].filter((gram) => b.has(gram)).length;
  return shared / (a.size + b.size - shared);
};

const countOf = (keys: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};
const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);

describe.each(TASKS)('$task', ({ task, train, valid, longest, similar, schema }) => {
  test('has at least 120 rows to train on and 40 held out, as many as the README says', () => {
    expect(train.length).toBeGreaterThanOrEqual(120);
    expect(valid.length).toBeGreaterThanOrEqual(40);
    expect(read('README.md')).toContain(`| ${train.length} | ${valid.length} |`);
  });

  test('has no prompt twice, and none of the held-out prompts in train', () => {
    const prompts = [...train, ...valid].map(({ prompt }) => prompt.toLowerCase());
    expect(prompts.length - new Set(prompts).size).toBe(0);
  });

  test('asks its held-out questions in other words than train', () => {
    const known = train.map(({ prompt }) => grams(prompt));
    const near = valid.filter(({ prompt }) => {
      const asked = grams(prompt);
      return known.some((gram) => jaccard(asked, gram) >= similar);
    });
    expect(near).toEqual([]);
  });

  test('has answers of a length that a short generation can hold', () => {
    expect([...train, ...valid].filter(({ answer }) => answer.length > longest)).toEqual([]);
  });

  test('names nobody by mail address, phone or identity number', () => {
    expect(read(`${task}/train.jsonl`) + read(`${task}/valid.jsonl`)).not.toMatch(/[\w.]@\w|\d{5}|https?:/);
  });

  test('has a recipe that tests every held-out row within six minutes', () => {
    const { base, method, training, evaluation, budget } = Recipe.parse(parse(read(`${task}/job.yaml`)));
    expect(base).toBe('HuggingFaceTB/SmolLM2-135M-Instruct');
    expect(method).toMatchObject({ type: 'lora', r: 16, lora_alpha: 32, target_modules: 'all-linear' });
    expect(training).toMatchObject({ max_length: 256, packing: true, seed: 7 });
    expect(evaluation.samples).toBe(valid.length);
    expect(evaluation.schema).toBe(schema);
    expect(budget.max_minutes).toBe(6);
  });
});

describe('format', () => {
  const Call = z.strictObject({ call: z.string(), args: z.record(z.string(), z.unknown()) });
  const validate = new Ajv2020({ strict: true }).compile(
    JSON.parse(read('format/call.schema.json')) as object,
  );
  const callOf = (answer: string) => Call.parse(JSON.parse(answer));
  const formsOf = (rows: readonly Pair[]) =>
    countOf(
      rows
        .map(({ answer }) => callOf(answer))
        .map(({ call, args }) => [call, ...Object.keys(args)].join(' ')),
    );
  const valid = '{"call":"rooms.cancel","args":{"room":"Cedar","day":"fri","time":"14:00"}}';

  test('has only answers that its schema accepts, written compactly', () => {
    const wrong = bothOf('format').filter(
      ({ answer }) => !validate(JSON.parse(answer)) || JSON.stringify(JSON.parse(answer)) !== answer,
    );
    expect(wrong).toEqual([]);
  });

  test.each([
    ['an unknown call', valid.replace('cancel', 'drop')],
    ['an unknown room', valid.replace('Cedar', 'Oak')],
    ['a time that is none', valid.replace('14:00', '2 pm')],
    ['a missing argument', valid.replace(',"time":"14:00"', '')],
    ['an argument too many', valid.replace('"args":{', '"args":{"floor":1,')],
    ['a number in quotes', '{"call":"orders.place","args":{"item":"tea","quantity":"2","floor":1}}'],
  ])('has a schema that refuses %s', (_, text) => {
    expect(validate(JSON.parse(valid))).toBe(true);
    expect(validate(JSON.parse(text))).toBe(false);
  });

  test('asks for each of the eight calls equally often, with arguments in one order', () => {
    const [train, held] = [formsOf(of('format').train), formsOf(of('format').valid)];
    expect([...train.values()]).toEqual(Array.from({ length: 8 }, () => 44));
    expect([...held.values()]).toEqual(Array.from({ length: 8 }, () => 6));
    expect([...held.keys()].toSorted()).toEqual([...train.keys()].toSorted());
  });

  test('has only values that the request names', () => {
    const NUMBERS = '- one two three four five six seven eight nine ten eleven twelve'.split(' ');
    const ORDINALS = '- first second third fourth fifth sixth seventh eighth ninth'.split(' ');
    const AMOUNTS = new Map([
      [2, ['pair']],
      [12, ['dozen']],
      [15, ['quarter of an hour']],
      [20, ['twenty']],
      [24, ['two dozen']],
      [30, ['half an hour', 'thirty']],
      [50, ['fifty']],
      [60, ['hour']],
      [80, ['eighty']],
      [90, ['an hour and a half']],
      [120, ['two hours', '2 hours']],
      [180, ['three hours']],
      [240, ['four hours']],
    ]);
    const SINGULAR = new Map([
      ['cups', [' cup ']],
      ['pens', [' pen,', ' pen ']],
      ['batteries', [' battery']],
    ]);
    const wordsFor = (name: string, value: unknown): string[] => {
      if (name === 'day') return [String(value)];
      if (typeof value === 'number')
        return [String(value), NUMBERS[value] ?? '', ORDINALS[value] ?? '', ...(AMOUNTS.get(value) ?? [])];
      if (name === 'item') return [String(value), ...(SINGULAR.get(String(value)) ?? [])];
      if (['room', 'name', 'text'].includes(name)) return [String(value)];
      return [];
    };
    const missing = bothOf('format').filter(({ prompt, answer }) =>
      Object.entries(callOf(answer).args).some(([name, value]) => {
        const words = wordsFor(name, value).filter((word) => word !== '');
        return words.length > 0 && !words.some((word) => prompt.toLowerCase().includes(word.toLowerCase()));
      }),
    );
    expect(missing).toEqual([]);
  });
});

describe('knowledge', () => {
  const questions = bothOf('knowledge');

  test('answers English in English and Chinese in Chinese', () => {
    const mixed = questions.filter(({ prompt, answer }) =>
      isChinese(prompt)
        ? /[a-z]/i.test(answer) || !answer.endsWith('。')
        : isChinese(answer) || !answer.endsWith('.'),
    );
    expect(mixed).toEqual([]);
    const share = questions.filter(({ prompt }) => isChinese(prompt)).length / questions.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThanOrEqual(0.4);
  });

  test('asks held out only what train teaches three times in the same language', () => {
    const taught = countOf(of('knowledge').train.map(({ answer }) => answer));
    expect(of('knowledge').valid.filter(({ answer }) => (taught.get(answer) ?? 0) < 3)).toEqual([]);
  });
});

describe('style', () => {
  test('answers in three sentences, the last of which says when to come in', () => {
    const other = bothOf('style').filter(
      ({ answer }) => !/^[^.?!]+\. [^.?!]+\. Come in\b[^.?!]+\.$/.test(answer),
    );
    expect(other).toEqual([]);
  });

  test('gives no dose and no certain diagnosis', () => {
    const rash = bothOf('style').filter(({ answer }) =>
      /\b(\d+ ?(mg|ml|g|mcg)|milligrams?|you have (a|an|the)|it is certainly|definitely)\b/i.test(answer),
    );
    expect(rash).toEqual([]);
  });
});
