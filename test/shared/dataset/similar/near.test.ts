/** Near-duplicates in whole datasets: found, joined, kept on one side, and dropped where a recipe says so. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { uniformAt } from '../../../../shared/random.ts';
import { drop, jsonlOf, linesOf } from '../drop.ts';

const WORDS = Array.from(
  { length: 2000 },
  (_, i) => `${'bcdfgklmnprst'[i % 13]}${'aeiou'[i % 5]}${i.toString(36)}`,
);
const HAN = Array.from({ length: 2000 }, (_, i) => String.fromCodePoint(0x4e00 + 7 * i));

const textOf = (name: string, n: number, from: readonly string[], glue: string): string => {
  const at = uniformAt(5, name);
  return Array.from({ length: n }, (_, i) => from[Math.floor(at(i) * from.length)]).join(glue);
};
const english = (i: number) => ({
  prompt: `Tell me ${textOf(`q${i}`, 12, WORDS, ' ')}`,
  completion: textOf(`a${i}`, 60, WORDS, ' '),
});
const chinese = (i: number) => ({
  prompt: textOf(`问${i}`, 20, HAN, ''),
  completion: textOf(`答${i}`, 120, HAN, ''),
});
const edited = ({ prompt, completion }: ReturnType<typeof english>) => ({
  prompt,
  completion: `${completion} 好 ok.`,
});
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

describe('near-duplicates', () => {
  const rows = [...many(60, english), ...many(60, chinese)];
  const copies = rows.filter((_, i) => i % 3 === 0).map(edited);

  test('are found in every script, each with the row that it is like', async () => {
    const { report } = await drop({ file: 'a.jsonl', body: jsonlOf([...rows, ...copies]) });
    const lines = copies.map((_, i) => 121 + i);
    expect(linesOf(report)).toEqual({ near_duplicate: lines, several_answers: lines });
    expect(report.problems[0]!.places.map(({ excerpt }) => excerpt)).toEqual(
      copies.map((_, i) => `much like line ${1 + 3 * i} of a.jsonl`),
    );
    expect(report.problems[0]!.severity).toBe('warning');
    expect(report.rows).toMatchObject({ in: 160, duplicate: 0 });
  });
  test('are dropped where the recipe says so, exact ones being told as such', async () => {
    const body = jsonlOf([...rows, ...copies, rows[0]]);
    const { report, rows: told } = await drop(
      { file: 'a.jsonl', body },
      { data: { near_duplicates: 'drop' } },
    );
    expect(report.rows).toMatchObject({ in: 161, duplicate: 41 });
    expect(told.slice(120).map(({ reason }) => reason)).toEqual([
      ...copies.map(() => 'near_duplicate'),
      'exact_duplicate',
    ]);
  });
  test('of the test are reported, and dropped where the recipe says so', async () => {
    const files = [
      { file: 't.jsonl', body: jsonlOf(rows) },
      { file: 'v.jsonl', role: 'valid' as const, body: jsonlOf(copies) },
    ];
    const lines = copies.map((_, i) => 1 + 3 * i);
    const reported = await drop(files);
    expect(linesOf(reported.report)).toMatchObject({ near_overlap: lines });
    expect(reported.report.rows).toMatchObject({ train: 120, held_out: 40, dropped: 0 });
    const dropped = await drop(files, { data: { near_duplicates: 'drop' } });
    expect(dropped.report.rows).toMatchObject({ train: 80, held_out: 40, dropped: 40 });
  });
  test('likeness below the threshold is none', async () => {
    const half = rows.map(({ prompt, completion }) => ({
      prompt,
      completion: `${completion} ${completion.split('').toReversed().join('')}`,
    }));
    const body = jsonlOf([...rows, ...half]);
    expect(linesOf((await drop({ file: 'a.jsonl', body })).report)).not.toHaveProperty('near_duplicate');
    const loose = await drop({ file: 'a.jsonl', body }, { data: { near_threshold: 0.5 } });
    expect(linesOf(loose.report)['near_duplicate']!.length).toBeGreaterThan(80);
  });
  test('a template and a system message that all rows share make no row like another', async () => {
    const template = textOf('template', 80, WORDS, ' ');
    const body = jsonlOf(
      many(60, (i) => ({
        messages: [
          { role: 'system', content: textOf('system', 300, WORDS, ' ') },
          { role: 'user', content: `${template} ${textOf(`slot${i}`, 8, WORDS, ' ')}` },
          { role: 'assistant', content: i % 2 ? 'yes' : 'no' },
        ],
      })),
    );
    expect(linesOf((await drop({ file: 'a.jsonl', body })).report)).not.toHaveProperty('near_duplicate');
  });
  test('stay on one side, with rows of one conversation, whatever the order', async () => {
    const conversation = many(6, (i) => ({
      prompt: 'The same question',
      completion: textOf(`c${i}`, 40, WORDS, ' '),
    }));
    const all = [...rows, ...copies, ...conversation];
    const sides = async (order: readonly number[], seed: number) => {
      const { rows: told } = await drop(
        { file: 'a.jsonl', body: jsonlOf(order.map((i) => all[i])) },
        { seed },
      );
      const fates = new Map(order.map((i, at) => [i, told[at]!.fate]));
      return all.map((_, i) => fates.get(i)!);
    };
    const inOrder = all.map((_, i) => i);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(inOrder, { minLength: all.length }),
        fc.nat(50),
        async (order, seed) => {
          const fates = await sides(inOrder, seed);
          expect(await sides(order, seed)).toEqual(fates);
          for (const [i] of copies.entries()) expect(fates[120 + i]).toBe(fates[3 * i]);
          expect(new Set(fates.slice(160)).size).toBe(1);
          expect(fates.filter((fate) => fate === 'held_out').length).toBeGreaterThanOrEqual(19);
        },
      ),
      { numRuns: 4 },
    );
  });
});
