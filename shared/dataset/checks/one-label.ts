import { refuses, type SetCheck } from './check.ts';

export const oneLabel: SetCheck = {
  code: 'one_label',
  ...refuses,
  message: 'All labelled answers have the same label: a difference cannot be learnt from one side of it',
  fix: 'Add answers with the other label; good answers alone are learnt as chat rows, without a label',
  judge(rows) {
    const labels = rows.flatMap((row) => (row.fate === null && row.role === 'train' ? row.labels : []));
    return new Set(labels).size === 1
      ? [{ row: null, excerpt: `${labels.length} rows labelled ${labels[0]}` }]
      : [];
  },
};
