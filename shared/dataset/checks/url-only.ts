import { excerptOf } from '../place.ts';
import { inTexts, remarks, type RowCheck } from './check.ts';

const LINKS = /^\s*(?:(?:https?:\/\/|www\.)\S+(?:\s+|$))+$/;

export const urlOnly: RowCheck = {
  code: 'url_only',
  ...remarks,
  message:
    'A question is only a link, which the model cannot open, or an answer is only one, which it would make up',
  fix: 'Put the text behind the link into the row',
  find: (view) =>
    inTexts(view, ({ text, role, part, learnt }) =>
      part === 'content' &&
      (role === 'user' || (learnt && role === 'assistant')) &&
      text.length < 3000 &&
      LINKS.test(text)
        ? excerptOf(text)
        : null,
    ),
};
