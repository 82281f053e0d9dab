import type { Facts } from './check.ts';
import { warns, type Rows, type SetCheck } from './check.ts';
import { aboutAll, groupsOf, largest } from './rows.ts';
import { areKindred, scriptName } from './scripts.ts';

const FEWEST = 5;

/** What most rows of a side are: kind, and script of their answers (0 where none prevails). */
const natureOf = (rows: Rows, role: Facts['role']) => {
  const open = rows.open({ role });
  if (open.length < FEWEST) return null;
  const { answerScript } = rows.traits;
  const script = largest(groupsOf(open, (row) => answerScript[row]!)!)!;
  const kinds = new Map<string, number>();
  for (const row of open) {
    const kind = rows.at(row).kind!;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const kind = [...kinds].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
  return { kind, script: script.count > open.length * 0.7 ? script.value : 0 };
};

export const validUnlikeTrain: SetCheck = {
  code: 'valid_unlike_train',
  ...warns,
  message: 'The validation file is not of the training file’s kind: what is learnt is not what is tested',
  fix: 'Take both files from the same source',
  judge(rows) {
    const [train, valid] = [natureOf(rows, 'train'), natureOf(rows, 'valid')];
    if (!train || !valid) return [];
    if (train.kind !== valid.kind) return aboutAll(`trained: ${train.kind}; tested: ${valid.kind}`);
    return aboutAll(
      areKindred(train.script, valid.script)
        ? null
        : `trained in ${scriptName(train.script)}, tested in ${scriptName(valid.script)}`,
    );
  },
};
