import { refuses, type SetCheck } from './check.ts';

export const noValidRows: SetCheck = {
  code: 'no_valid_rows',
  ...refuses,
  message: 'A validation file was given and none of its rows can be used',
  fix: 'Mend its rows, or leave the file out: then rows of the training file are held out',
  judge(rows) {
    const valid = rows.filter(({ role }) => role === 'valid');
    return valid.length > 0 && valid.every(({ fate }) => fate !== null)
      ? [{ row: null, excerpt: `0 of ${valid.length} rows` }]
      : [];
  },
};
