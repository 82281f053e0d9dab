import type { SetCheck } from './check.ts';

export const trainValidOverlap: SetCheck = {
  code: 'train_valid_overlap',
  severity: 'warning',
  fate: 'dropped',
  rejects: false,
  fixable: false,
  message:
    'A row to train on is in the validation file as well: the test would ask what was learned by heart',
  fix: 'Nothing to do: it was taken out of training and stays in the test',
  judge(rows) {
    const tested = new Map(
      rows.filter(({ role, fate }) => role === 'valid' && fate === null).map((row) => [row.hash, row]),
    );
    return rows.flatMap(({ role, fate, hash }, row) => {
      const same = role === 'train' && fate === null ? tested.get(hash) : undefined;
      return same ? [{ row, excerpt: `same as line ${same.line} of ${same.file}` }] : [];
    });
  },
};
