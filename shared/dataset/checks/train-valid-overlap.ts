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
  *judge(rows) {
    if (rows.open({ role: 'valid' }).length === 0) return;
    const tested = new Int32Array(rows.length).fill(-1);
    for (const { row, role, fate, identity } of rows)
      if (role === 'valid' && fate === null && identity !== null) tested[identity] = row;
    for (const { row, role, fate, identity } of rows) {
      const same = role === 'train' && fate === null && identity !== null ? tested[identity]! : -1;
      if (same < 0) continue;
      const { line, file } = rows.at(same);
      yield { row, excerpt: `same as line ${line} of ${file}` };
    }
  },
};
