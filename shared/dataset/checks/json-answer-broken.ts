import { excerptOf } from '../place.ts';
import { warns, type SetCheck } from './check.ts';
import { jsonRows } from './json-rows.ts';
import { answerOf } from './rows.ts';
import { IS } from './traits.ts';

export const jsonAnswerBroken: SetCheck = {
  code: 'json_answer_broken',
  ...warns,
  message: 'An answer is broken JSON, where most answers are whole JSON',
  fix: 'Mend the JSON: the model would learn to break it',
  judge(rows) {
    const broken = jsonRows(rows).open.filter((row) => rows.traits.is[row]! & IS.brokenJson);
    return Array.from(broken, (row, i) => ({
      row,
      excerpt: i < 100 ? excerptOf(`… ${answerOf(rows, row).slice(-60)}`) : '',
    }));
  },
};
