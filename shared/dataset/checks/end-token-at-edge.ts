import { excerptOf } from '../place.ts';
import { inTexts, warns, type RowCheck } from './check.ts';
import { withoutEdgeTokens } from './control-tokens.ts';
import { MARK } from './scan.ts';

/** <s> strikes text out in HTML, in the company of other tags. */
const HTML = /<(?:\/?(?:p|b|i|a|ul|li|div|del|span|br|td|tr|table|em|strong)\b[^>]*|\/[a-z]{1,10})>(?!\s*$)/i;

export const endTokenAtEdge: RowCheck = {
  code: 'end_token_at_edge',
  needs: MARK.angle,
  ...warns,
  fixable: true,
  message: 'A text begins or ends with a token such as <s> or </s>, which the template writes by itself',
  fix: 'Remove it: it would stand there twice',
  find: (view) =>
    inTexts(view, ({ text, scan, part }) => {
      if (!(scan.marks & MARK.angle) || part !== 'content') return null;
      const rest = withoutEdgeTokens(text);
      if (rest === text || rest.trim() === '' || HTML.test(rest)) return null;
      return excerptOf(rest.length < 60 ? text : `${text.slice(0, 30)} … ${text.slice(-30)}`);
    }),
  mendText: withoutEdgeTokens,
};
