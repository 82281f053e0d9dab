import { inDialogues, warns, type RowCheck } from './check.ts';
import { follows, weightOf } from './turns.ts';
import { HAS } from './view.ts';

export const weightChanges: RowCheck = {
  code: 'weight_changes_in_turn',
  needs: HAS.odd,
  ...warns,
  message: 'Two answers of different weight follow each other: they cannot be joined into one turn',
  fix: 'Give both the same weight, or add the question between them',
  find: (view) =>
    inDialogues(view, ({ messages }) =>
      messages.flatMap((second, message) =>
        follows(messages[message - 1], second) && weightOf(messages[message - 1]!) !== weightOf(second)
          ? [
              {
                message,
                below: '/weight',
                excerpt: `${weightOf(messages[message - 1]!)}, ${weightOf(second)}`,
              },
            ]
          : [],
      ),
    ),
};
