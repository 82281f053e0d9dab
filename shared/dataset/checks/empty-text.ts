import { excerptOf } from '../place.ts';
import { drops, type RowCheck } from './check.ts';

export const emptyText: RowCheck = {
  code: 'empty_text',
  ...drops,
  message: 'The text is empty',
  fix: 'Remove the row',
  find: ({ row }) =>
    row.kind === 'text' && row.text.trim() === ''
      ? [{ message: 0, below: '', excerpt: excerptOf(row.text) }]
      : [],
};
