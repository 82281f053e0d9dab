import { hasAny, inTexts, match, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';
import type { Text } from './view.ts';
import { WORD } from './words.ts';

const MARKERS =
  /【\d+(?::\d+)?†[^】]{0,40}】|:?contentReference\[oaicite:|\bcite(?:turn\d+\w+\d+)+|\bturn\d+(?:search|view|news|image)\d+\b|\boai_citation\b|(?:^|\n)(?:Copy code|复制代码)(?:\n|$)|\[\^\d+\^\]|(?:^|\n)Regenerate response\s*$|utm_source=chatgpt\.com/i;

/** What all of them have: looked for first, since hardly any text has it. */
const mayHave = ({ text, words, scan: { marks, han } }: Text): boolean =>
  (words & WORD.copied) !== 0 ||
  ((marks & MARK.bracket) !== 0 && hasAny(text, ['[oaicite', '[^'])) ||
  (han > 0 && text.includes('复制代码')) ||
  text.includes('†');

export const copiedMarkers: RowCheck = {
  code: 'copied_markers',
  ...warns,
  message: 'Marks of a chat window were copied with the answer: 【4†source】, oaicite, "Copy code"',
  fix: 'Remove them: they point to nothing',
  find: (view) => inTexts(view, (text) => (text.learnt && mayHave(text) ? match(text.text, MARKERS) : null)),
};
