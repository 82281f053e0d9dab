import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { read } from './read.ts';

const A = { a: 1 };
const B = { b: 2 };

describe('JSON Lines', () => {
  test('rows have the numbers of their lines, blank lines count and are no rows', async () => {
    expect(await read('x.jsonl', '\n{"a":1}\r\n\r\n  \n{"b":2}')).toEqual([
      [2, A],
      [5, B],
    ]);
  });
  test('a broken row does not stop the rest', async () => {
    expect(await read('x.jsonl', '{"a":1,}\n{"b":2}\nNaN\n{"a":1}')).toEqual([
      [1, 'trailing_comma', 1],
      [2, B],
      [3, 'nan_value', 3],
      [4, A],
    ]);
  });
  test.each(['x.json', 'x.txt', 'x', 'x.csv'])(
    'is recognised by content when it is called %s',
    async (name) => {
      expect(await read(name, '{"a":1}\n{"b":2}\n')).toEqual([
        [1, A],
        [2, B],
      ]);
    },
  );
  test('is recognised by content although its first row is broken', async () => {
    expect(await read('x.json', '{"a":1,}\n{"b":2}\n')).toEqual([
      [1, 'trailing_comma', 1],
      [2, B],
    ]);
  });
  test('nesting that would exhaust the stack is refused, not followed', async () => {
    const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    expect(await read('x.jsonl', `${deep}\n{"b":2}`)).toEqual([
      [1, 'too_deep', undefined],
      [2, B],
    ]);
  });
});

describe('JSON', () => {
  test.each(['x.json', 'x.jsonl', 'x'])(
    'a list in %s gives its items with the lines where they begin',
    async (name) => {
      expect(await read(name, '\n[\n  {"a":1},\n  {\n "b":2}\n]\n')).toEqual([
        [3, A],
        [4, B],
      ]);
      expect(await read(name, '[{"a":1}, {"b":2}]')).toEqual([
        [1, A],
        [1, B],
      ]);
      expect(await read(name, '[{"a":1},\n{"b":2}]')).toEqual([
        [1, A],
        [2, B],
      ]);
    },
  );
  test('one object with one list of rows inside gives those', async () => {
    const text = '{"version": 1,\n "note": "[{",\n "data":\n [ {"a":1},\n {"b":2} ]}';
    expect(await read('x.json', text)).toEqual([
      [4, A],
      [5, B],
    ]);
    expect(await read('x.json', '{"data":[{"a":1},{"b":2}]}')).toEqual([
      [1, A],
      [1, B],
    ]);
  });
  test('an object that is itself a conversation is one row', async () => {
    const row = { conversations: [{ from: 'human', value: 'x' }], tools: [{ name: 'f' }] };
    expect(await read('x.json', JSON.stringify(row, null, 2))).toEqual([[1, row]]);
  });
  test('an item that is broken does not stop the rest, and its error has its own line', async () => {
    expect(await read('x.json', '[\n{"a":1},\n{"a":\n oops},\n{"b":2}\n]')).toEqual([
      [2, A],
      [3, 'invalid_json', 4],
      [5, B],
    ]);
  });
  test('a quote that was forgotten harms one item', async () => {
    expect(await read('x.json', '[\n{"a":"x},\n{"b":2}\n]')).toEqual(['unreadable_json']);
    expect(await read('x.json', '[\n{"a": x"\n},\n{"b":2}\n]')).toEqual([
      [2, 'invalid_json', 2],
      [4, B],
    ]);
  });
  test.each(['[{"a":1}', '[{"a":1}]]', '[{"a":1}] {"b":2}', '{"a":1,\n}', '[{"a":{},{"b":2}]'])(
    'brackets that do not pair up refuse the file: %s',
    async (text) => {
      expect((await read('x.json', text)).at(-1)).toBe('unreadable_json');
    },
  );
  test('a comma too many is an item that is missing', async () => {
    expect(await read('x.json', '[{"a":1},\n]')).toEqual([
      [1, A],
      [2, 'invalid_json', 2],
    ]);
  });
  test('an empty list has no rows', async () => {
    expect(await read('x.json', '[ ]')).toEqual([]);
  });
});

describe('CSV', () => {
  test('cells stay text and rows have the lines where they begin', async () => {
    expect(await read('x.csv', 'a,b\n3.3,"x\ny"\n\n"he said ""hi""",he said "ho"\n')).toEqual([
      [2, { a: '3.3', b: 'x\ny' }],
      [5, { a: 'he said "hi"', b: 'he said "ho"' }],
    ]);
  });
  test.each([1, 2, 1000])('with CRLF and blank lines, in pieces of %i', async (size) => {
    expect(await read('x.csv', 'a,b\r\n\r\n1,"x\r\ny"\r\n\r\n\r\n2,z\r\n3,4\n5,6', size)).toEqual([
      [3, { a: '1', b: 'x\r\ny' }],
      [7, { a: '2', b: 'z' }],
      [8, { a: '3', b: '4' }],
      [9, { a: '5', b: '6' }],
    ]);
  });
  test.each([
    ['x.csv', ';'],
    ['x.csv', '|'],
    ['x.tsv', '\t'],
    ['x.txt', '\t'],
  ])('in %s the delimiter %j is found', async (name, d) => {
    expect(await read(name, `a${d}b\n1,5${d}2\n`)).toEqual([[2, { a: '1,5', b: '2' }]]);
  });
  test.each([
    ['sep=;\na;b\n1,5;2\n', [[3, { a: '1,5', b: '2' }]]],
    ["'a','b'\n'x, y','it''s'\n", [[2, { a: 'x, y', b: "it's" }]]],
    ['a,b\n"he said \\"hi\\"",2\n', [[2, { a: 'he said "hi"', b: '2' }]]],
    ['a;b, c;d\n1;2;3\n', [[2, { a: '1', 'b, c': '2', d: '3' }]]],
    ['"a ""x""","b"\n"{""k"": ""v""}",2\n', [[2, { 'a "x"': '{"k": "v"}', b: '2' }]]],
    ['a,b,\n1,2,\n', [[2, { a: '1', b: '2' }]]],
    [
      'a,b\r1,2\r3,4\r',
      [
        [2, { a: '1', b: '2' }],
        [3, { a: '3', b: '4' }],
      ],
    ],
    ['a\n1\n', [[2, { a: '1' }]]],
  ])('the dialect of %j is found', async (text, rows) => {
    expect(await read('x.csv', text)).toEqual(rows);
  });
  test('a header longer than the part that the dialect is told by', async () => {
    const long = 'x'.repeat(70_000);
    expect(await read('x.tsv', `"a"\t"b"\t"${long}"\n"1,5"\t"say ""2"""\t"3"\n`)).toEqual([
      [2, { a: '1,5', b: 'say "2"', [long]: '3' }],
    ]);
  });
  test('a row with another number of cells is an error of that row alone', async () => {
    expect(await read('x.csv', 'a,b\n1\n1,2\n1,2,3\n')).toEqual([
      [2, 'invalid_csv', undefined],
      [3, { a: '1', b: '2' }],
      [4, 'invalid_csv', undefined],
    ]);
  });
  test('an open quote or two columns of one name refuse the file', async () => {
    expect(await read('x.csv', 'a,b\n1,2\n3,"4\n5,6\n')).toEqual([[2, { a: '1', b: '2' }], 'unreadable_csv']);
    expect(await read('x.csv', 'a,a\n1,2\n')).toEqual(['unreadable_csv']);
  });
  test('a column named like a part of every object is a column', async () => {
    const [row] = (await read('x.csv', '__proto__,b\n1,2\n')) as [[number, object]];
    expect(Object.entries(row[1])).toEqual([
      ['__proto__', '1'],
      ['b', '2'],
    ]);
  });
  test('any table comes back as it was written, with exact lines', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', '西') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell)),
        fc.integer({ min: 1, max: 7 }),
        async (table, size) => {
          const lines = table.map((cells) => cells.map((c) => `"${c.replaceAll('"', '""')}"`).join(','));
          let line = 2;
          const expected = table.map(([a, b], i) => {
            const at = line;
            line += lines[i]!.split('\n').length;
            return [at, { a, b }];
          });
          expect(await read('x.csv', ['a,b', ...lines].join('\n'), size)).toEqual(expected);
        },
      ),
      { numRuns: 100 },
    );
  });
});

test.each(['', '\n', ' \r\n\t'])('a file with nothing in it is empty: %j', async (text) => {
  expect(await read('x.jsonl', text)).toEqual(['empty_file']);
});

test('the container does not depend on the pieces, also when lines are long', async () => {
  const long = JSON.stringify({ data: Array.from({ length: 9000 }, (_, i) => ({ i, text: 'long enough' })) });
  for (const size of [1000, 65_536, long.length])
    expect((await read('x.json', long, size)).length).toBe(9000);
});
