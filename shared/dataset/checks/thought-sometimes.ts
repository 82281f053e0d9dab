import { remarks, type SetCheck } from './check.ts';
import { aboutAll, percent } from './rows.ts';
import { IS } from './traits.ts';

const FEWEST = 20;

export const thoughtSometimes: SetCheck = {
  code: 'thought_sometimes',
  ...remarks,
  message: 'Some answers think first (<think>) and others do not',
  fix: 'Let all of them think, or none, or say in the question which is wanted',
  judge(rows) {
    const open = rows.open({ kinds: ['chat'] });
    const thinking = open.filter((row) => rows.traits.is[row]! & IS.thinking).length;
    return aboutAll(
      open.length >= FEWEST && thinking > 0 && thinking < open.length
        ? `${thinking} of ${open.length} rows (${percent(thinking, open.length)})`
        : null,
    );
  },
};
