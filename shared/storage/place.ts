/** `s3://bucket/prefix?option=value` → its parts. */
import { z } from 'zod';
import { AppError } from '../errors.ts';

export type Place = {
  readonly bucket: string;
  /** empty or with a final slash */
  readonly prefix: string;
  /** the same for every spelling of one place */
  readonly uri: string;
};

/** Leaves a plain percent sign, typed by a person, as it is. */
export const decodeText = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A key as listings with `encoding-type=url` have it; some stores write `+` for a space. */
export const decodeKey = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

export const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');

const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/;

const refuse = (uri: string, why: string): never => {
  throw new AppError('invalid_request', `The store ${uri} cannot be used: ${why}`);
};

/** Throws `invalid_request` for a bucket that cannot be, and for options that `schema` does not know. */
export const parsePlace = <S extends z.ZodObject>(
  uri: string,
  schema: S,
): { place: Place; options: z.infer<S> } => {
  const [, scheme = '', bucket = '', path = '', query = ''] =
    /^([a-z0-9]+):\/\/([^/?]*)([^?]*)\??(.*)$/.exec(uri) ?? [];
  if (!BUCKET.test(bucket)) return refuse(uri, `${JSON.stringify(bucket)} is no name of a bucket`);
  const parsed = schema.safeParse(Object.fromEntries(new URLSearchParams(query)));
  if (!parsed.success) {
    const known = Object.keys(schema.shape).join(', ');
    const wrong = parsed.error.issues.map(({ path: at, message }) => `${at.join('.')} ${message}`.trim());
    return refuse(uri, `${wrong.join('; ')}. Its options are ${known}`);
  }
  const parts = path.split('/').filter((part) => part !== '');
  const sorted = new URLSearchParams(query);
  sorted.sort();
  const options = sorted.size > 0 ? `?${sorted.toString()}` : '';
  const decoded = parts.map(decodeText);
  const encoded = decoded.map((part) => `/${encodeURIComponent(part)}`).join('');
  return {
    place: {
      bucket,
      prefix: decoded.map((part) => `${part}/`).join(''),
      uri: `${scheme}://${bucket}${encoded}${options}`,
    },
    options: parsed.data,
  };
};
