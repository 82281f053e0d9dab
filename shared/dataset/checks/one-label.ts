import { refuses, type SetCheck } from './check.ts';

export const oneLabel: SetCheck = {
  code: 'one_label',
  ...refuses,
  message: 'All labelled answers have the same label: a difference cannot be learnt from one side of it',
  fix: 'Add answers with the other label; good answers alone are learnt as chat rows, without a label',
  judge(rows) {
    let [good, bad] = [0, 0];
    for (const { role, fate, labels } of rows) {
      if (fate !== null || role !== 'train') continue;
      for (const label of labels) {
        if (label) good += 1;
        else bad += 1;
      }
    }
    return good + bad > 0 && (good === 0 || bad === 0)
      ? [{ row: null, excerpt: `${good + bad} rows labelled ${good > 0}` }]
      : [];
  },
};
