import { warns, type SetCheck } from './check.ts';
import { aboutAll } from './rows.ts';

const FEWEST = 10;

export const fewTestRows: SetCheck = {
  code: 'few_test_rows',
  ...warns,
  message: `The validation file has fewer than ${FEWEST} usable rows: what is measured on them is mostly chance`,
  fix: 'Add rows to it (20 or more), or leave the file out: then rows of the training file are held out',
  judge(rows) {
    const n = rows.open({ role: 'valid' }).length;
    return aboutAll(n > 0 && n < FEWEST ? `${n} rows` : null);
  },
};
