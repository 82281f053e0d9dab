import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { learnMerges } from '../../../../gpu-worker/nano/make/bpe.ts';
import { corpus } from '../../../../gpu-worker/nano/make/corpus.ts';
import { rowEncoder } from '../../../../gpu-worker/nano/make/encode.ts';
import { makeTokenizer } from '../../../../gpu-worker/nano/make/tokenizer.ts';
import { encodeRow } from '../../../../shared/text/template.ts';
import { loadTokenizer } from '../../../../shared/text/tokenizer.ts';

const files = makeTokenizer(corpus(5, 2000), 700);
const tokenizer = loadTokenizer(files);
const back = (text: string): string => tokenizer.decode(tokenizer.encode(text));

describe('learned merges', () => {
  test('join the commonest neighbours first, and of two as common the one that sorts first', () => {
    expect(learnMerges(['abab abab cd', 'cd'], 2)).toEqual([
      ['a', 'b'],
      ['ab', 'ab'],
    ]);
    expect(learnMerges(['ba ba', 'ab ab'], 1)).toEqual([['a', 'b']]);
  });

  test('count neighbours that overlap as often as they can be joined', () => {
    expect(learnMerges(['aaa aaa'], 3)).toEqual([
      ['a', 'a'],
      ['aa', 'a'],
    ]);
  });

  test('stop where nothing occurs twice, and never reach across words, digits and spaces', () => {
    expect(learnMerges(['abc'], 5)).toEqual([]);
    expect(learnMerges(['a a a a', '11 11', ' . .'], 5)).toEqual([]);
  });
});

describe('the tokenizer', () => {
  test('has as many pieces as were asked for', () => {
    expect(tokenizer.vocabSize).toBe(700);
    expect(new Set(Object.values(files.tokenizer.model.vocab)).size).toBe(700);
  });

  test('gives back whatever it was given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(back(text)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  const naughty = new URL('../../../../../shared/data/blns/blns.json', import.meta.url).pathname;
  test.skipIf(!existsSync(naughty))('gives back the naughty strings (../shared/data/blns)', () => {
    const strings = JSON.parse(readFileSync(naughty, 'utf8')) as string[];
    expect(strings.filter((text) => back(text) !== text)).toEqual([]);
  });

  test('spells a word alike behind a space, in quotation marks and at the start', () => {
    const [alone] = tokenizer.encode('Monday');
    expect(tokenizer.encode('Monday')).toHaveLength(1);
    for (const text of ['on Monday', '"Monday"', '{"day":"Monday"}'])
      expect([...tokenizer.encode(text)]).toContain(alone);
  });

  test('ends a turn with the token at which generation stops', () => {
    const messages = [
      { role: 'user' as const, content: 'Hi' },
      { role: 'assistant' as const, content: 'Hello!' },
    ];
    const { ids } = encodeRow(tokenizer, { kind: 'chat', messages }, { maxLength: 100 });
    expect(tokenizer.eosIds).toContain(ids.at(-1));
    expect(tokenizer.decode(ids)).toBe(
      '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello!<|im_end|>',
    );
  });
});

test("the corpus's own encoder gives the ids and weights of the chat template", () => {
  const encode = rowEncoder(files);
  for (const [line, row] of [...corpus(6, 300)].entries()) {
    const { ids, weights } = encodeRow(tokenizer, row, { maxLength: 10_000 });
    expect(encode(row, line)).toEqual({ ids, weights, line });
  }
});
