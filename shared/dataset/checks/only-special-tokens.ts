import { excerptOf } from '../place.ts';
import { drops, inTexts, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

const ONLY =
  /^\s*(?:(?:<\/?(?:s|pad|unk|bos|eos|cls|sep|mask)>|\[(?:PAD|UNK|CLS|SEP|MASK|BOS|EOS)\]|<\|[\w-]{1,40}\|>)\s*)+$/i;

export const isOnlyTokens = (text: string): boolean => text.length < 1000 && ONLY.test(text);

export const onlySpecialTokens: RowCheck = {
  code: 'only_special_tokens',
  needs: MARK.angle | MARK.bracket,
  ...drops,
  message: 'A text is nothing but control tokens such as <s> or <|pad|>',
  fix: 'Remove the row; chat templates add control tokens themselves',
  find: (view) =>
    inTexts(view, ({ text, scan }) =>
      scan.marks & (MARK.angle | MARK.bracket) && isOnlyTokens(text) ? excerptOf(text) : null,
    ),
};
