import { hasAny, inTexts, match, warns, type RowCheck } from './check.ts';
import { MARK, type Scan } from './scan.ts';

const MARKERS =
  /【\d+(?::\d+)?†[^】]{0,40}】|:?contentReference\[oaicite:|\bcite(?:turn\d+\w+\d+)+|\bturn\d+(?:search|view|news|image)\d+\b|\boai_citation\b|(?:^|\n)(?:Copy code|复制代码)(?:\n|$)|\[\^\d+\^\]|(?:^|\n)Regenerate response\s*$|utm_source=chatgpt\.com/i;

/** What all of them have: looked for first, since hardly any text has it. */
const mayHave = (text: string, { marks, digits }: Scan): boolean =>
  (digits > 0 && /turn\d/.test(text)) ||
  ((marks & MARK.newline) !== 0 && /opy code|复制代码|egenerate response/i.test(text)) ||
  hasAny(text, ['†', 'oaicite', 'oai_citation', '[^', 'utm_source=chatgpt']);

export const copiedMarkers: RowCheck = {
  code: 'copied_markers',
  ...warns,
  message: 'Marks of a chat window were copied with the answer: 【4†source】, oaicite, "Copy code"',
  fix: 'Remove them: they point to nothing',
  find: (view) =>
    inTexts(view, ({ text, learnt, scan }) => (learnt && mayHave(text, scan) ? match(text, MARKERS) : null)),
};
