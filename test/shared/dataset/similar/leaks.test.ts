/** Rows to train on that contain a text of the test. */
import { describe, expect, test } from 'vitest';
import { drop, jsonlOf, linesOf } from '../drop.ts';

const words = (name: string, n: number): string =>
  Array.from({ length: n }, (_, i) => `${name}${(i * 37) % 101}`).join(' ');
const HAN = '秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光果珍李柰菜重芥姜';
const row = (i: number) => ({ prompt: words(`p${i}q`, 20), completion: words(`a${i}b`, 30) });
const rows = Array.from({ length: 40 }, (_, i) => row(i));
const valid = [
  { prompt: words('asked', 18), completion: words('told', 40) },
  { prompt: HAN, completion: words('other', 20) },
];

const leaks = async (train: readonly unknown[], data = {}) => {
  const { report } = await drop(
    [
      { file: 't.jsonl', body: jsonlOf([...rows, ...train]) },
      { file: 'v.jsonl', role: 'valid', body: jsonlOf(valid) },
    ],
    { data },
  );
  const { held_out_leak = [], near_overlap } = linesOf(report);
  expect(near_overlap).toBeUndefined();
  const places = report.problems.find(({ code }) => code === 'held_out_leak')?.places ?? [];
  return held_out_leak.map((line, i) => [line, places[i]!.excerpt.replace('contains a text of line ', '')]);
};

describe('a text of the test', () => {
  test('is found within a row to train on, a question as an answer, whatever stands around it', async () => {
    const around = (text: string) => `${words('before', 30)} ${text} ${words('after', 30)}`;
    const found = await leaks([
      { prompt: around(words('asked', 18).replaceAll(' ', ', ')), completion: words('x', 20) },
      { prompt: words('y', 20), completion: around(words('told', 40)).toUpperCase() },
      { text: around(HAN) },
    ]);
    expect(found).toEqual([
      [41, '1 of v.jsonl'],
      [42, '1 of v.jsonl'],
      [43, '2 of v.jsonl'],
    ]);
  });
  test('is not found where a row has a part of it, or fewer than 13 words', async () => {
    const half = words('told', 40).split(' ').slice(0, 24).join(' ');
    expect(await leaks([{ prompt: half, completion: words('x', 20) }, { text: words('asked', 12) }])).toEqual(
      [],
    );
  });
  test('is not found where many rows have it', async () => {
    const many = Array.from({ length: 12 }, (_, i) => ({
      prompt: words(`m${i}m`, 90),
      completion: words('told', 40),
    }));
    expect(await leaks(many.slice(0, 10))).toHaveLength(10);
    expect(await leaks(many)).toEqual([]);
  });
});

test('rows that are held out of one file are looked for in the rest of it', async () => {
  const quoting = rows.map(({ completion }, i) => ({ text: `${words(`z${i}z`, 60)} ${completion}` }));
  const { report, rows: told } = await drop({ file: 'a.jsonl', body: jsonlOf([...rows, ...quoting]) });
  const sides = told.map(({ fate }) => fate);
  const expected = quoting.flatMap((_, i) =>
    sides[i] === 'held_out' && sides[40 + i] === 'train' ? [41 + i] : [],
  );
  const answers = quoting.flatMap((_, i) =>
    sides[i] === 'train' && sides[40 + i] === 'held_out' ? [1 + i] : [],
  );
  expect(expected.length).toBeGreaterThan(3);
  expect(answers.length).toBeGreaterThan(3);
  expect(linesOf(report)).toMatchObject({ held_out_leak: expected });
});
