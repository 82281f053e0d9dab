import { inTexts, match, warns, type RowCheck } from './check.ts';

const MARKERS =
  /【\d+(?::\d+)?†[^】]{0,40}】|:?contentReference\[oaicite:|\bcite(?:turn\d+\w+\d+)+|\bturn\d+(?:search|view|news|image)\d+\b|\boai_citation\b|(?:^|\n)(?:Copy code|复制代码)(?:\n|$)|\[\^\d+\^\]|(?:^|\n)Regenerate response\s*$|utm_source=chatgpt\.com/i;

export const copiedMarkers: RowCheck = {
  code: 'copied_markers',
  ...warns,
  message: 'Marks of a chat window were copied with the answer: 【4†source】, oaicite, "Copy code"',
  fix: 'Remove them: they point to nothing',
  find: (view) => inTexts(view, ({ text, learnt }) => (learnt ? match(text, MARKERS) : null)),
};
