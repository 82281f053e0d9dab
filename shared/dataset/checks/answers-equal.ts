import { isDeepStrictEqual } from 'node:util';
import { excerptOf } from '../place.ts';
import { quarantines, type RowCheck } from './check.ts';

export const answersEqual: RowCheck = {
  code: 'answers_equal',
  ...quarantines,
  message: 'The chosen and the rejected answer are the same: there is nothing to prefer',
  fix: 'Write the worse answer under rejected, or remove the row',
  find: ({ row }) =>
    row.kind === 'preference' && isDeepStrictEqual(row.chosen, row.rejected)
      ? [
          {
            message: row.messages.length + row.chosen.length,
            below: '/content',
            excerpt: excerptOf(row.rejected[0]!.content),
          },
        ]
      : [],
};
