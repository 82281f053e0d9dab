import { remarks, type SetCheck } from './check.ts';
import { groupsOf, largest, percent } from './rows.ts';
import { areKindred, scriptName } from './scripts.ts';

const [FEWEST, USUAL, FEW] = [50, 0.95, 0.02];

export const rareScript: SetCheck = {
  code: 'rare_script',
  ...remarks,
  message: 'A few rows are in another script than all the others: too few to learn it, enough to disturb',
  fix: 'Remove them, or add more of their kind',
  judge(rows) {
    const { promptScript: asked, answerScript: answered } = rows.traits;
    const open = rows.open().filter((row) => answered[row] !== 0);
    const groups = groupsOf(open, (row) => answered[row]!)!;
    const usual = largest(groups);
    if (!usual || open.length < FEWEST || usual.count < open.length * USUAL) return [];
    const rare = new Map(groups.map(({ value, count }) => [value, count]));
    const found = open.filter((row) => {
      const script = answered[row]!;
      const seldom = rare.get(script)! <= open.length * FEW && !areKindred(script, usual.value);
      return seldom && areKindred(asked[row]!, script); // else it is a mismatch within the row
    });
    return Array.from(found, (row) => ({
      row,
      excerpt: `${scriptName(answered[row]!)}, as ${percent(rare.get(answered[row]!)!, open.length)} of the rows`,
    }));
  },
};
