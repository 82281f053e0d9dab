import { remarks, type SetCheck } from './check.ts';
import { aboutAll, percent } from './rows.ts';

const [FEWEST, FEW] = [20, 0.2];

export const systemSometimes: SetCheck = {
  code: 'system_sometimes',
  ...remarks,
  message: 'Most rows have a system message and some have none, or the other way round',
  fix: 'Give all rows one (data.system in the recipe), or none',
  judge(rows, { system }) {
    const open = rows.open({ kinds: ['chat', 'preference', 'kto'] });
    const having = open.filter((row) => rows.traits.system[row] !== 0).length;
    const few = Math.min(having, open.length - having);
    return aboutAll(
      system === undefined && open.length >= FEWEST && few > 0 && few <= open.length * FEW
        ? `${having} of ${open.length} rows have one (${percent(having, open.length)})`
        : null,
    );
  },
};
