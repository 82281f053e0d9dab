import { excerptOf } from '../place.ts';
import { inTexts, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

const times = (text: string, tag: string): number => text.split(tag).length - 1;

export const unbalancedThought: RowCheck = {
  code: 'unbalanced_thought',
  needs: MARK.angle,
  ...warns,
  message: 'An answer opens <think> and does not close it, or closes what it did not open',
  fix: 'Write both, or neither: half a thought is cut off by templates, or read aloud',
  find: (view) =>
    inTexts(view, ({ text, scan, learnt, role }) =>
      learnt &&
      role === 'assistant' &&
      scan.marks & MARK.angle &&
      /^\s*<think>|<\/think>/.test(text) &&
      times(text, '<think>') !== times(text, '</think>')
        ? excerptOf(text)
        : null,
    ),
};
