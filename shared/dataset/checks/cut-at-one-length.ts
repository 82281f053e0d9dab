import { warns, type SetCheck } from './check.ts';
import { IS } from './traits.ts';

const SHORTEST = 100;
const EXCEL = 32_767; // characters that a spreadsheet's cell holds
const [FEWEST, SHARE] = [4, 0.02];

export const cutAtOneLength: SetCheck = {
  code: 'cut_at_one_length',
  ...warns,
  message:
    'Many answers have exactly the same greatest length and end without a full stop: an export cut them',
  fix: 'Export them again without a limit (a spreadsheet’s cell holds 32,767 characters)',
  judge(rows) {
    const { answerLength, chosen, is } = rows.traits;
    const open = rows.open().filter((row) => answerLength[row]! >= SHORTEST);
    const longest = open.reduce((most, row) => Math.max(most, answerLength[row]!), 0);
    const all = open.filter((row) => answerLength[row] === longest);
    const cut = all.filter((row) => !(is[row]! & IS.ended));
    const different = new Set(cut.map((row) => chosen[row]!)).size;
    const limit = longest === EXCEL ? 1 : Math.max(FEWEST, open.length * SHARE);
    return different >= limit && cut.length * 2 > all.length
      ? Array.from(cut, (row) => ({ row, excerpt: `${longest} characters, as ${all.length} answers` }))
      : [];
  },
};
