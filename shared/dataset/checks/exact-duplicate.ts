import type { Facts, SetCheck } from './check.ts';

export const exactDuplicate: SetCheck = {
  code: 'exact_duplicate',
  severity: 'warning',
  fate: 'duplicate',
  rejects: false,
  fixable: false,
  message: 'A row says exactly what an earlier one says',
  fix: 'Nothing to do: the first is used (data.duplicates: keep uses all)',
  fateFor: ({ duplicates }) => (duplicates === 'drop' ? 'duplicate' : null),
  judge(rows) {
    const first: Record<Facts['role'], Map<string | null, Facts>> = { train: new Map(), valid: new Map() };
    return rows.flatMap((facts, row) => {
      if (facts.fate !== null) return [];
      const same = first[facts.role].get(facts.hash);
      if (same) return [{ row, excerpt: `same as line ${same.line} of ${same.file}` }];
      first[facts.role].set(facts.hash, facts);
      return [];
    });
  },
};
