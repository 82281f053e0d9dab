import { excerptOf } from '../place.ts';
import { inTexts, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';
import { HAS } from './view.ts';

const PREFIX =
  /^\s*(?:(?:\*\*)?(?:assistant|chatgpt|gpt-?\d|chatbot|ai assistant|助手|助理)(?:\*\*)?\s*[:：](?:\*\*)?|### ?(?:response|assistant|answer)\s*:?\s*\n)\s*/i;
const NAMES = /assistant|chatgpt|\bgpt|chatbot|dialogue|conversation|助手|助理|对话/i;

const mend = (text: string): string => text.replace(PREFIX, '');

export const rolePrefix: RowCheck = {
  code: 'role_prefix',
  needs: MARK.colon | MARK.hash | HAS.han,
  ...warns,
  fixable: true,
  message: 'An answer begins with the name of its role ("Assistant:"), which the template writes already',
  fix: 'Remove the name',
  find(view) {
    const found = inTexts(view, ({ text, scan, role, part }) =>
      role === 'assistant' &&
      part === 'content' &&
      (scan.marks & MARK.colon || scan.han > 0 || text.startsWith('###')) &&
      PREFIX.test(text) &&
      mend(text).trim() !== ''
        ? excerptOf(text)
        : null,
    );
    const meant =
      found.length > 0 && view.texts.some(({ text, role }) => role === 'user' && NAMES.test(text));
    return meant ? [] : found;
  },
  mendText: mend,
};
