import { describe, expect, test } from 'vitest';
import { read } from './read.ts';

describe('prose', () => {
  test('is lines where no line is blank', async () => {
    const text = 'Anarchism is a political philosophy, and old.\nIt is sceptical.\r\n';
    expect(await read('x.txt', text)).toEqual([
      [1, { text: 'Anarchism is a political philosophy, and old.' }],
      [2, { text: 'It is sceptical.' }],
    ]);
  });
  test.each([1, 7, 1000])('is paragraphs where some are, in pieces of %i', async (size) => {
    expect(await read('x.md', '\n# Title\n\nOne,\ntwo.\n \t\n\n[1] a note\n', size)).toEqual([
      [2, { text: '# Title' }],
      [4, { text: 'One,\ntwo.' }],
      [8, { text: '[1] a note' }],
    ]);
  });
  test.each(['[1] a note\n[2] another\n', '{braces} begin it\nand it goes on'])(
    'is not JSON: %j',
    async (text) => {
      expect((await read('x.md', text)).length).toBe(2);
    },
  );
  test('with a comma in its first line is no table', async () => {
    expect(await read('x.txt', 'Hello, world\nGood bye, world')).toEqual([
      [1, { text: 'Hello, world' }],
      [2, { text: 'Good bye, world' }],
    ]);
    expect(await read('x.txt', 'question,answer\nx,y')).toEqual([[2, { question: 'x', answer: 'y' }]]);
  });
  test('by another name is no container', async () => {
    expect(await read('x.log', 'Once upon a time.\nThere was.')).toEqual(['unknown_container']);
  });
});

describe('what is too large', () => {
  const long = `{"a":"${'x'.repeat(8_000_000)}"}`;
  test.each(['x.jsonl', 'x.txt'])('a line of 8 MB in %s is an error of that row alone', async (name) => {
    const rows = await read(name, `{"a":1}\n${long}\n{"b":2}`, 65_536);
    expect(rows.map((row) => (row as unknown[])[0])).toEqual([1, 2, 3]);
    expect(rows[1]).toEqual([2, 'row_too_large', undefined]);
  });
  test('an item of 8 MB is an error of that item alone', async () => {
    expect((await read('x.json', `[{"a":1},\n${long}]`))[1]).toEqual([2, 'row_too_large', undefined]);
  });
  test('a quote that stays open for 8 MB refuses a table', async () => {
    expect(await read('x.csv', `a,b\n1,"${'x,\n'.repeat(3_000_000)}`, 65_536)).toEqual(['unreadable_csv']);
  });
  test('a thousand columns refuse it too', async () => {
    const names = Array.from({ length: 1000 }, (_, i) => `c${i}`).join(',');
    expect(await read('x.csv', `${names}\n${names}`)).toEqual(['too_many_columns']);
  });
});
