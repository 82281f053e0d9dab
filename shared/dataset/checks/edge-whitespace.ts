import { excerptOf } from '../place.ts';
import { inTexts, remarks, type RowCheck } from './check.ts';
import { HAS, hasEdge } from './view.ts';

const INDENTED = 4; // so many spaces are an indentation

/** Without blank lines before it, spaces after it, and a few spaces in front. An indented first line stays. */
const trimEdges = (text: string): string => {
  const body = text.trimEnd().replace(/^(?:[ \t\u00a0]*\r?\n)+/, '');
  const spaces = /^[ \u00a0]+(?=\S)/.exec(body)?.[0] ?? '';
  if (spaces === '' || spaces.length >= INDENTED || body.includes(`\n${spaces}`)) return body;
  return body.slice(spaces.length);
};

export const edgeWhitespace: RowCheck = {
  code: 'edge_whitespace',
  needs: HAS.edge,
  ...remarks,
  fixable: true,
  message: 'A text begins or ends with spaces or blank lines: tokens that nobody would type',
  fix: 'Trim it; chat templates write the spaces that they need',
  find: (view) =>
    inTexts(view, ({ text, part, role }) => {
      if (part !== 'content' || role === 'text' || role === 'tool') return null;
      if (!hasEdge(text)) return null;
      return text.trim() !== '' && trimEdges(text) !== text
        ? excerptOf(text.length > 60 ? `${text.slice(0, 20)} … ${text.slice(-20)}` : text)
        : null;
    }),
  mendText: trimEdges,
};
