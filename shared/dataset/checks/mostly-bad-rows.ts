import { refuses, type SetCheck } from './check.ts';

export const mostlyBadRows: SetCheck = {
  code: 'mostly_bad_rows',
  ...refuses,
  message: 'More than half of the rows cannot be used: this file is probably not what it was meant to be',
  fix: 'Mend the errors listed, then upload again',
  judge(rows) {
    let bad = 0;
    for (const { fate } of rows) if (fate === 'quarantined' || fate === 'dropped') bad += 1;
    return bad * 2 > rows.length ? [{ row: null, excerpt: `${bad} of ${rows.length} rows` }] : [];
  },
};
