/** Rows that ask the same as an earlier one. */
import type { RowKind } from '../../contracts/row.ts';
import type { Rows, SetFinding } from './check.ts';
import { placeOf } from './rows.ts';

/** Above it rows that ask the same are the rule of the dataset: another check tells that. */
const MOST_ALIKE = 50;

/** Rows that differ from the first one with their prompt in the respect that is asked for. */
export const differing = function* (
  rows: Rows,
  kind: RowKind,
  wanted: (row: number) => boolean,
  differ: (first: number, row: number) => boolean,
): Generator<SetFinding> {
  const first = new Int32Array(rows.length).fill(-1);
  const times = new Uint32Array(rows.length);
  const open = rows.open({ kinds: [kind] }).filter(wanted);
  const prompts = new Int32Array(open.length);
  for (const [i, row] of open.entries()) {
    const { prompt } = rows.at(row);
    prompts[i] = prompt ?? -1;
    if (prompt === null) continue;
    if (first[prompt]! < 0) first[prompt] = row;
    times[prompt]! += 1;
  }
  for (const [i, row] of open.entries()) {
    const prompt = prompts[i]!;
    if (prompt < 0 || times[prompt]! > MOST_ALIKE || first[prompt] === row) continue;
    if (differ(first[prompt]!, row))
      yield { row, excerpt: `otherwise than ${placeOf(rows, first[prompt]!)}` };
  }
};
