import { warns, type SetCheck } from './check.ts';
import { jsonRows } from './json-rows.ts';
import { percent } from './rows.ts';
import { IS } from './traits.ts';

export const jsonFencesDiffer: SetCheck = {
  code: 'json_fences_differ',
  ...warns,
  message: 'Some JSON answers stand in a block of code (```) and others do not',
  fix: 'Write all of them one way, best without the block',
  judge(rows) {
    const { json } = jsonRows(rows);
    const isFenced = (row: number): boolean => (rows.traits.is[row]! & IS.fenced) !== 0;
    const fenced = json.filter(isFenced).length;
    const few = json.filter((row) => isFenced(row) === fenced * 2 < json.length);
    return few.length === json.length
      ? []
      : few.map((row) => ({
          row,
          excerpt: `${isFenced(row) ? 'in a block' : 'bare'}, as ${percent(few.length, json.length)} of them`,
        }));
  },
};
