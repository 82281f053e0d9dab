import { excerptOf } from '../place.ts';
import { matches, warns, type RowCheck } from './check.ts';

export const placeholder: RowCheck = {
  code: 'placeholder',
  ...warns,
  message: 'A placeholder such as {{name}} was left in: the model would learn to say it',
  fix: 'Fill it in, unless it is meant',
  find: (row) => matches(row, /\{\{\s*[\p{L}_][\p{L}\p{N}_ .-]{0,40}\}\}/u, excerptOf),
};
