import { excerptOf } from '../place.ts';
import { remarks, type SetCheck } from './check.ts';
import { jsonRows } from './json-rows.ts';
import { answerOf, groupsOf, largest } from './rows.ts';

const [FEWEST, USUAL] = [20, 0.9];

export const jsonKeysDiffer: SetCheck = {
  code: 'json_keys_differ',
  ...remarks,
  message: 'A JSON answer has other keys than nearly all others',
  fix: 'Give it the same keys, with null where there is no value',
  judge(rows) {
    const { json } = jsonRows(rows);
    const { jsonKeys } = rows.traits;
    const usual = largest(groupsOf(json, (row) => jsonKeys[row]!)!);
    return usual && json.length >= FEWEST && usual.count >= json.length * USUAL
      ? json
          .filter((row) => jsonKeys[row] !== usual.value)
          .map((row, i) => ({ row, excerpt: i < 100 ? excerptOf(answerOf(rows, row)) : '' }))
      : [];
  },
};
