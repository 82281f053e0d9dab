import { refuses, type SetCheck } from './check.ts';

export const noValidRows: SetCheck = {
  code: 'no_valid_rows',
  ...refuses,
  message: 'A validation file was given and none of its rows can be used',
  fix: 'Mend its rows, or leave the file out: then rows of the training file are held out',
  judge(rows) {
    let [given, usable] = [0, 0];
    for (const { role, fate } of rows) {
      if (role !== 'valid') continue;
      given += 1;
      if (fate === null) usable += 1;
    }
    return given > 0 && usable === 0 ? [{ row: null, excerpt: `0 of ${given} rows` }] : [];
  },
};
