import { warns, type SetCheck } from './check.ts';

export const nearOverlap: SetCheck = {
  code: 'near_overlap',
  ...warns,
  message: 'A row to train on says nearly what one of the validation file says',
  fix: 'Remove it, or set data.near_duplicates: drop, which takes it out of training: the test would ask what was nearly learned by heart',
  fateFor: ({ near_duplicates }) => (near_duplicates === 'drop' ? 'dropped' : null),
  *judge(rows) {
    if (rows.open({ role: 'valid' }).length === 0) return;
    const tested = new Int32Array(rows.length).fill(-1);
    for (const { row, role, fate, family } of rows)
      if (role === 'valid' && fate === null && tested[family]! < 0) tested[family] = row;
    for (const { row, role, fate, family } of rows) {
      const like = role === 'train' && fate === null ? tested[family]! : -1;
      if (like < 0) continue;
      const { line, file } = rows.at(like);
      yield { row, excerpt: `much like line ${line} of ${file}` };
    }
  },
};
