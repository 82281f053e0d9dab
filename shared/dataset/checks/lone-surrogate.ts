import { excerptOf } from '../place.ts';
import { matches, quarantines, type RowCheck } from './check.ts';

export const loneSurrogate: RowCheck = {
  code: 'lone_surrogate',
  ...quarantines,
  message:
    'Half a character (a lone surrogate): the text was cut or decoded wrongly, and no tokenizer can read it',
  fix: 'Write the character whole, or remove the half',
  find: (row) => matches(row, /\p{Surrogate}/u, excerptOf),
};
