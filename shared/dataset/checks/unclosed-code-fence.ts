import { around, inTexts, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

const FENCE = /^[ \t>]*(`{3,})([^`\n]*)$/gm;

/** Offset of a fence that never closes, -1 where all do. https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
const openFence = (text: string): number => {
  let [ticks, at] = [0, -1];
  for (const { 1: run, 2: info, index } of text.matchAll(FENCE)) {
    if (ticks === 0) [ticks, at] = [run!.length, index];
    else if (run!.length >= ticks && info!.trim() === '') ticks = 0;
  }
  return ticks === 0 ? -1 : at;
};

export const unclosedCodeFence: RowCheck = {
  code: 'unclosed_code_fence',
  needs: MARK.backtick,
  ...warns,
  message: 'A block of code (```) is opened and never closed: the answer was cut',
  fix: 'Complete the code and close the block, or remove the row',
  find: (view) =>
    inTexts(view, ({ text, scan, learnt, role }) => {
      if (!learnt || role === 'text' || !(scan.marks & MARK.backtick)) return null;
      const at = openFence(text);
      return at < 0 ? null : around(text, at);
    }),
};
