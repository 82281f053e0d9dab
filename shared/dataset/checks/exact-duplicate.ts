import type { SetCheck } from './check.ts';

export const exactDuplicate: SetCheck = {
  code: 'exact_duplicate',
  severity: 'warning',
  fate: 'duplicate',
  rejects: false,
  fixable: true,
  message: 'A row says exactly what an earlier one says',
  fix: 'Nothing to do: the first is used (data.duplicates: keep uses all)',
  fateFor: ({ duplicates }) => (duplicates === 'drop' ? 'duplicate' : null),
  *judge(rows) {
    const firstOf = () => new Int32Array(rows.length).fill(-1);
    const first = { train: firstOf(), valid: firstOf() };
    for (const { row, role, fate, identity } of rows) {
      if (fate !== null || identity === null) continue;
      const same = first[role][identity]!;
      if (same < 0) {
        first[role][identity] = row;
        continue;
      }
      const { line, file } = rows.at(same);
      yield { row, excerpt: `same as line ${line} of ${file}` };
    }
  },
};
