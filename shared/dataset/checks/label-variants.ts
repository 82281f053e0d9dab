import { excerptOf } from '../place.ts';
import { warns, type SetCheck, type SetFinding } from './check.ts';
import { labelsOf } from './labels.ts';
import { answerOf, groupsOf, largest } from './rows.ts';

export const labelVariants: SetCheck = {
  code: 'label_variants',
  ...warns,
  message: 'One answer is spelled in several ways: "Positive", "positive", "positive."',
  fix: 'Spell it one way: exact answers are learnt and tested as texts',
  judge(rows) {
    const labels = labelsOf(rows);
    if (!labels) return [];
    const { label, chosen } = rows.traits;
    return labels.classes.flatMap(({ value }): readonly SetFinding[] => {
      const own = labels.open.filter((row) => label[row] === value);
      const spellings = groupsOf(own, (row) => chosen[row]!)!;
      const usual = largest(spellings)!;
      // an edge of spaces is told by another check
      const text = answerOf(rows, usual.first);
      return spellings
        .map((group) => ({ ...group, text: answerOf(rows, group.first) }))
        .filter((group) => group !== usual && group.text !== text)
        .map((group) => ({
          row: group.first,
          excerpt: `${excerptOf(group.text)} in ${group.count} rows, ${excerptOf(text)} in ${usual.count}`,
        }));
    });
  },
};
