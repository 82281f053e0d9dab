import { expect, test } from 'vitest';
import { leastRun } from '../../../../shared/dataset/privacy/least-run.ts';

test.each<[RegExp, number]>([
  [/\d{4}-\d{7}-\d/, 7],
  [/[1-9]\d{5}(?:18|19|20)\d{2,4}/, 10],
  [/(?:0[1-9]|[12]\d|3[01])(?:\d{2}){3}/, 8],
  [/(?<![\w.-])(?:\d{9}|[A-Z]\d{7})(?![\w-])/, 7],
  [/\d{3}[ -]?\d{3}/, 3],
  [/\d{3}(?:-\d{5})?\d{2}/, 3],
  [/\d{3}(?!\d{9})\d/, 4],
  [/1?\d?\d*\d+/, 1],
  [/a{12}[\d-]{3}[\da-f]{40}/, 0],
  [/[\u4e00-\u9fff]\u4e00\x41\p{L}\.{3}/u, 0],
  [/(\d{4})([ -])\d{5}\2\1/, 5],
  [/\d{8}|[^\d]/, 0],
])('%s needs so many digits in a row', (pattern, run) => {
  expect(leastRun(pattern)).toBe(run);
});
