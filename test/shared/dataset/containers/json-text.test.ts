import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  firstJsonError,
  jsonDefect,
  position,
  spansOf,
} from '../../../../shared/dataset/containers/json-text.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test.each([
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ['{a:1}', 1],
  ['[1,2', 4],
  ['[1,,2]', 3],
  ['[1 2]', 3],
  ['NaN', 0],
  ['[NaN]', 1],
  ['"a\nb"', 2],
  ['"a\\x"', 2],
  ['"\\u12g4"', 1],
  ['01', 1],
  ['1.', 1],
  ['{} x', 3],
  ['', 0],
  ['[1}', 2],
  ["{'a':1}", 1],
  ['"open', 5],
])('%s breaks at %i', (text, offset) => {
  expect(isJson(text)).toBe(false);
  expect(firstJsonError(text)).toBe(offset);
});

test('a text has an error exactly when JSON.parse refuses it', () => {
  const scraps = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '1',
    '-',
    '.5',
    'e3',
    'true',
    'nul',
    ' ',
    '\n',
    '\\',
    '\\u00e9',
    '\t',
    '0',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(scraps, { maxLength: 12 }).map((s) => s.join('')),
        fc.json(),
        fc.string(),
      ),
      (text) => {
        expect(firstJsonError(text) === null).toBe(isJson(text));
      },
    ),
    { numRuns: 3000 },
  );
});

test('items of any list are found where they stand', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(0, 2), (list, indent) => {
      const text = JSON.stringify(list, null, indent);
      const { items, close } = spansOf(text, 0);
      expect(items.map(({ from, to }): unknown => JSON.parse(text.slice(from, to)))).toEqual(
        JSON.parse(text),
      );
      expect(close).toBe(text.length - 1);
      for (const { from, line, column } of items) expect({ line, column }).toEqual(position(text, from));
    }),
  );
});

test('a place is told as line and column of the file', () => {
  expect(jsonDefect('{"a":\n  1,\n}', 10, 3)).toMatchObject({
    line: 12,
    excerpt: 'column 1: unexpected "}"',
  });
  expect(jsonDefect('{"a":x}', 10, 3)).toMatchObject({ line: 10, excerpt: 'column 8: unexpected "x}"' });
  expect(jsonDefect('{"a":1', 2)).toMatchObject({ line: 2, excerpt: 'column 7: the text ends too early' });
});
