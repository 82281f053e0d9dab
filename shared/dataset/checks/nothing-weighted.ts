import { drops, type RowCheck } from './check.ts';
import { HAS } from './view.ts';

export const nothingWeighted: RowCheck = {
  code: 'nothing_weighted',
  needs: HAS.odd,
  ...drops,
  message: 'Every answer has weight 0: there is nothing to learn',
  fix: 'Give at least one answer a weight above 0, or remove the row',
  find({ row }) {
    if (row.kind !== 'chat') return []; // elsewhere the kind of row says what is learnt
    const answers = row.messages.filter(({ role }) => role === 'assistant');
    return answers.length > 0 && answers.every(({ weight }) => weight === 0)
      ? [{ message: row.messages.indexOf(answers[0]!), below: '/weight', excerpt: '0' }]
      : [];
  },
};
