import { excerptOf } from '../place.ts';
import { drops, textsOf, type RowCheck } from './check.ts';

const ONLY =
  /^\s*(?:(?:<\/?(?:s|pad|unk|bos|eos|cls|sep|mask)>|\[(?:PAD|UNK|CLS|SEP|MASK|BOS|EOS)\]|<\|[\w-]{1,40}\|>)\s*)+$/i;

export const onlySpecialTokens: RowCheck = {
  code: 'only_special_tokens',
  ...drops,
  message: 'A text is nothing but control tokens such as <s> or <|pad|>',
  fix: 'Remove the row; chat templates add control tokens themselves',
  find: (row) =>
    textsOf(row).flatMap(({ text, ...place }) =>
      text.length < 1000 && ONLY.test(text) ? [{ ...place, excerpt: excerptOf(text) }] : [],
    ),
};
