import { warns, type SetCheck } from './check.ts';
import { areKindred, scriptName } from './scripts.ts';
import { IS } from './traits.ts';

const [FEWEST, MOST] = [10, 0.15];
const EXCUSES = IS.translating | IS.json | IS.fenced | IS.brokenJson;

export const languageMismatch: SetCheck = {
  code: 'language_mismatch',
  ...warns,
  message: 'An answer is in another script than its question, where most answers are in the same',
  fix: 'Answer in the language of the question, or say in the question which one is wanted',
  judge(rows) {
    const { promptScript: asked, answerScript: answered, is } = rows.traits;
    const open = rows
      .open({ kinds: ['chat', 'preference', 'kto'] })
      .filter((row) => asked[row] !== 0 && answered[row] !== 0);
    const parted = open.filter((row) => !areKindred(asked[row]!, answered[row]!));
    if (open.length < FEWEST || parted.length > open.length * MOST) return [];
    const odd = parted.filter((row) => !(is[row]! & EXCUSES));
    return Array.from(odd, (row) => ({
      row,
      excerpt: `asked in ${scriptName(asked[row]!)}, answered in ${scriptName(answered[row]!)}`,
    }));
  },
};
