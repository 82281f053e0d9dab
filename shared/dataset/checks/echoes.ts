/** Answers beside the question right before them. */
import { excerptOf } from '../place.ts';
import { inDialogues, type Finding } from './check.ts';
import type { RowView } from './view.ts';

const REPEAT = /repeat|echo|copy|verbatim|word for word|continue|complete|finish|重复|复述|续写|原文/i;

/** Learnt answers that stand in `relation` to the question right before them. */
export const answersThat = (
  view: RowView,
  relation: (asked: string, answer: string) => boolean,
): readonly Finding[] =>
  inDialogues(view, ({ messages, imitated }) =>
    messages.flatMap(({ role, content, weight = 1 }, message) => {
      const asked = messages[message - 1];
      if (role !== 'assistant' || !content || weight === 0 || asked?.role !== 'user' || !asked.content)
        return [];
      if (!imitated && message === messages.length - 1) return [];
      return relation(asked.content.trim(), content.trim()) && !REPEAT.test(asked.content.slice(0, 200))
        ? [{ message, below: '/content', excerpt: excerptOf(content) }]
        : [];
    }),
  );
