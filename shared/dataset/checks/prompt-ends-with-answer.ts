import { excerptOf } from '../place.ts';
import { quarantines, type RowCheck } from './check.ts';
import { HAS } from './view.ts';

export const promptEndsWithAnswer: RowCheck = {
  code: 'prompt_ends_with_answer',
  needs: HAS.odd,
  ...quarantines,
  message: 'The prompt of a pair ends with an answer: the two answers would follow a third one',
  fix: 'End the prompt with the question, and put the answers under chosen and rejected',
  find({ row }) {
    if (row.kind !== 'preference') return [];
    const last = row.messages.at(-1)!;
    return last.role === 'assistant'
      ? [{ message: row.messages.length - 1, below: '/role', excerpt: excerptOf(last.content) }]
      : [];
  },
};
