import { warns, type SetCheck, type SetFinding } from './check.ts';
import { groupsOf, largest, placeOf } from './rows.ts';

export const systemNearlySame: SetCheck = {
  code: 'system_nearly_same',
  ...warns,
  message: 'System messages differ only in spaces, case or punctuation',
  fix: 'Write the same text in all of them, and use it when the model is asked',
  judge(rows) {
    const { system, systemLetters } = rows.traits;
    const open = rows.open().filter((row) => system[row] !== 0);
    const texts = groupsOf(open, (row) => system[row]!)!;
    const alike = groupsOf(
      texts.map(({ first }) => first),
      (row) => systemLetters[row]!,
    )!.filter(({ count }) => count > 1);
    return alike.flatMap(({ value }): readonly SetFinding[] => {
      const own = texts.filter(({ first }) => systemLetters[first] === value);
      const usual = largest(own)!;
      return own
        .filter((group) => group !== usual)
        .map(({ first, count }) => ({
          row: first,
          excerpt: `in ${count} rows; in ${usual.count} as in ${placeOf(rows, usual.first)}`,
        }));
    });
  },
};
