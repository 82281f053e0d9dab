/** Every check on defects that were planted and on rows that look like them. */
import { beforeAll, expect, test } from 'vitest';
import { ROW_CHECKS, SET_CHECKS } from '../../../../shared/dataset/checks/index.ts';
import { kindOf } from '../../../../shared/dataset/checks/index.ts';
import { CORPUS } from '../corpus/corpus.ts';
import { scoreCorpus } from '../corpus/score.ts';

let found: Awaited<ReturnType<typeof scoreCorpus>>;
beforeAll(async () => {
  found = await scoreCorpus();
});

test('of planted defects at least 98 % are found, of complaints at least 95 % are right', () => {
  const sum = (key: 'planted' | 'found' | 'false'): number =>
    found.scores.reduce((n, score) => n + score[key], 0);
  expect(found.misses).toEqual([]);
  expect(sum('found') / sum('planted')).toBeGreaterThanOrEqual(0.98);
  expect(sum('found') / (sum('found') + sum('false'))).toBeGreaterThanOrEqual(0.95);
});

test('every check has three planted cases and a near miss, and there are more than sixty', () => {
  const elsewhere = new Set(['near_duplicate', 'near_overlap']);
  const checks = [...ROW_CHECKS, ...SET_CHECKS]
    .map(({ code }) => code)
    .filter((code) => !elsewhere.has(code));
  const of = new Map(found.scores.map((score) => [score.code, score]));
  for (const code of checks) {
    expect(of.get(code)?.planted ?? 0, code).toBeGreaterThanOrEqual(3);
    expect(of.get(code)?.near ?? 0, code).toBeGreaterThanOrEqual(1);
  }
  expect(checks.length).toBeGreaterThan(60);
  for (const { code } of CORPUS) expect(kindOf(code).message, code).not.toBe('');
});
