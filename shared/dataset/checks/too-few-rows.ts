import { refuses, type SetCheck } from './check.ts';

/** OpenAI's minimum: what the data offer before rows are held out. */
const FEWEST_ROWS = 10;

export const tooFewRows: SetCheck = {
  code: 'too_few_rows',
  ...refuses,
  message: `Fewer than ${FEWEST_ROWS} different rows can be trained on`,
  fix: `Add rows until at least ${FEWEST_ROWS} are good; 50 to 100 are a useful start`,
  judge(rows) {
    let usable = 0;
    for (const { role, fate } of rows) if (role === 'train' && fate === null) usable += 1;
    return usable < FEWEST_ROWS ? [{ row: null, excerpt: `${usable} of ${rows.length} rows` }] : [];
  },
};
