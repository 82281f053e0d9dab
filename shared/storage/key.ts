import { AppError } from '../errors.ts';

/** Whether a name found in a bucket is a key of a store: folder markers and doubled slashes are none. */
export const isKey = (name: string): boolean =>
  !name.includes('\0') && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** Throws `invalid_request` for what cannot be a key in every store: empty parts, `.` and `..`, a zero byte. */
export const checkKey = (key: string): string => {
  if (isKey(key)) return key;
  throw new AppError('invalid_request', `Not a key of a store: ${JSON.stringify(key)}`);
};
