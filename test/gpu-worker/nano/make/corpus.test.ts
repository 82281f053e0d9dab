import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SHIPPED } from '../../../../gpu-worker/nano/make/command.ts';
import { corpus } from '../../../../gpu-worker/nano/make/corpus.ts';
import { openDice } from '../../../../gpu-worker/nano/make/dice.ts';
import { FAMILIES } from '../../../../gpu-worker/nano/make/families/index.ts';
import { Row } from '../../../../shared/contracts/row.ts';

const DEMO = new URL('../../../../infra/local/demo/', import.meta.url).pathname;

type Message = { readonly role: string; readonly content: string };
const demoMessages = readdirSync(DEMO, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => ['train', 'valid'].map((part) => join(DEMO, name, `${part}.jsonl`)))
  .flatMap((path) => readFileSync(path, 'utf8').trimEnd().split('\n'))
  .flatMap((line) => (JSON.parse(line) as { messages: Message[] }).messages);

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const grams = (words: readonly string[], n: number): string[] =>
  words.slice(n - 1).map((_, i) => words.slice(i, i + n).join(' '));
const textsOf = (row: Row): string[] =>
  row.kind === 'text' ? [row.text] : row.messages.map(({ content }) => content ?? '');

describe('the corpus', () => {
  test('has rows of the canonical form, the same for one seed and others for another', () => {
    const rows = [...corpus(1, 400)];
    for (const row of rows) expect(Row.safeParse(row).success).toBe(true);
    expect([...corpus(1, 400)]).toEqual(rows);
    expect([...corpus(1, 100)]).toEqual(rows.slice(0, 100));
    expect([...corpus(2, 400)]).not.toEqual(rows);
  });

  test('has no answer of the demonstrations and, but for one of three words, no request', () => {
    expect(demoMessages.length).toBeGreaterThan(2000);
    // a short answer such as "At 11:50." may be anybody's
    const theirs = new Set(
      demoMessages
        .filter(({ role, content }) => role !== 'assistant' || wordsOf(content).length > 5)
        .map(({ content }) => wordsOf(content).join(' ')),
    );
    const met = [...corpus(SHIPPED.seed, SHIPPED.rows)]
      .flatMap(textsOf)
      .filter((text) => theirs.has(wordsOf(text).join(' ')));
    // the model card tells it: twice, with answers of the corpus's own
    expect(met).toEqual(['My scalp itches.', 'My scalp itches.']);
  }, 120_000);

  test('shares hardly a run of six words with them', () => {
    const theirs = new Set(demoMessages.flatMap(({ content }) => grams(wordsOf(content), 6)));
    expect(theirs.size).toBeGreaterThan(3000);
    const shared = [...corpus(SHIPPED.seed, 20_000)]
      .flatMap(textsOf)
      .flatMap((text) => grams(wordsOf(text), 6))
      .filter((gram) => theirs.has(gram));
    expect(new Set(shared).size).toBeLessThan(10);
  }, 60_000);

  test('makes calls of none of the desk that the demonstration invents', () => {
    const desk = new Set(
      demoMessages.flatMap(({ content }) => /^\{"call":"([^"]+)"/.exec(content)?.[1] ?? []),
    );
    expect(desk.size).toBe(8);
    const calls = [...corpus(SHIPPED.seed, 5000)].flatMap(textsOf).join('\n');
    expect([...desk].filter((call) => calls.includes(call))).toEqual([]);
  });
});

describe.each(FAMILIES)('$name', ({ make }) => {
  const dice = openDice(3, 'a family');
  const samples = Array.from({ length: 3000 }, () => make(dice));

  test('fills every slot and decides every lot', () => {
    const texts = samples.flatMap((sample) => Object.values(sample) as string[]);
    expect(texts.filter((text) => text.trim() === '' || text.includes('undefined'))).toEqual([]);
    expect(texts.filter((text) => /\{[A-Za-z_]+\}|\[[^\]"]*\|/.test(text))).toEqual([]);
  });

  test('seldom says the same twice', () => {
    const different = new Set(samples.map((sample) => JSON.stringify(sample)));
    expect(different.size).toBeGreaterThan(samples.length / 4);
  });

  test('answers in JSON that can be read, where it answers in JSON', () => {
    for (const sample of samples)
      if ('answer' in sample && /^[{[]/.test(sample.answer)) JSON.parse(sample.answer);
  });
});
