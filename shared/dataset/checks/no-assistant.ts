import { quarantines, type RowCheck } from './check.ts';
import { HAS } from './view.ts';

export const noAssistant: RowCheck = {
  code: 'no_assistant_message',
  needs: HAS.odd,
  ...quarantines,
  message: 'The conversation has no message from the assistant: there is nothing to learn',
  fix: 'Add the answer that the model should give',
  find({ row }) {
    if (row.kind !== 'chat' && row.kind !== 'kto') return [];
    const { messages } = row;
    if (messages.some(({ role }) => role === 'assistant')) return [];
    const roles = messages.slice(0, 8).map(({ role }) => role);
    return [{ message: messages.length - 1, below: '/role', excerpt: `only ${roles.join(', ')}` }];
  },
};
