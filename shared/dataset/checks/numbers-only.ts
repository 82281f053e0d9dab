import { remarks, type SetCheck } from './check.ts';
import { aboutAll, groupsOf } from './rows.ts';
import { IS } from './traits.ts';

const [FEWEST, VALUES] = [40, 20];

export const numbersOnly: SetCheck = {
  code: 'numbers_only',
  ...remarks,
  message:
    'Nearly all answers are bare numbers of many values: a language model guesses digits, it does not calculate',
  fix: 'Let the answer show how the number comes about, or use classes (low, middle, high)',
  judge(rows) {
    const { is, chosen } = rows.traits;
    const open = rows.open({ kinds: ['chat'], role: 'train' });
    const numbers = open.filter((row) => is[row]! & IS.number);
    if (open.length < FEWEST || numbers.length < open.length * 0.95) return [];
    const values = groupsOf(numbers, (row) => chosen[row]!)!.length;
    return aboutAll(values > VALUES ? `${numbers.length} of ${open.length} rows, ${values} values` : null);
  },
};
