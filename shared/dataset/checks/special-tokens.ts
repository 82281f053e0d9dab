import { ANY_TOKEN, withoutEdgeTokens } from './control-tokens.ts';
import { inTexts, match, warns, type RowCheck } from './check.ts';
import { isOnlyTokens } from './only-special-tokens.ts';
import { MARK } from './scan.ts';

export const specialTokens: RowCheck = {
  code: 'special_tokens',
  needs: MARK.angle | MARK.bracket,
  ...warns,
  message: 'A control token of a chat template stands inside a text: the model would read it as a command',
  fix: 'Write turns as messages; where a text speaks about such tokens, break them by a space',
  find: (view) =>
    inTexts(view, ({ text, scan, role }) =>
      role !== 'text' && scan.marks & (MARK.angle | MARK.bracket) && !isOnlyTokens(text)
        ? match(withoutEdgeTokens(text), ANY_TOKEN)
        : null,
    ),
};
