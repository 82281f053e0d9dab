import { resolve } from 'node:path';
import { AppError } from '../errors.ts';
import type { Storage } from './driver.ts';
import { fsStorage } from './fs.ts';

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a path with a plain percent sign, typed by a person
  }
};

/** `file:/abs`, `file:./rel` and `file:///abs` alike. */
const fromFileUri = (uri: string): Storage =>
  fsStorage({ root: resolve(decode(uri.slice('file:'.length).replace(/^\/\/(?=\/)/, ''))) });

/** Scheme → driver. */
const DRIVERS: Readonly<Record<string, (uri: string) => Storage>> = { file: fromFileUri };

/** The store at `uri`. Throws `invalid_request` for a scheme that has no driver. */
export const openStorage = (uri: string): Storage => {
  const scheme = /^([a-z][a-z0-9+]*):/.exec(uri)?.[1] ?? '';
  const driver = DRIVERS[scheme];
  if (driver) return driver(uri);
  const known = Object.keys(DRIVERS).join(', ');
  throw new AppError(
    'invalid_request',
    `No storage driver for ${JSON.stringify(uri)}: known schemes are ${known}`,
  );
};

const encodeKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/');

/** A URI has the store's options, if any, behind the key: `s3://bucket/prefix/key?region=…`. */
const split = (uri: string): { path: string; options: string } => {
  const at = uri.indexOf('?');
  return at < 0 ? { path: uri, options: '' } : { path: uri.slice(0, at), options: uri.slice(at) };
};

/** Names an object, or with a final `/` a prefix, beyond its store: what `spec.json` and a worker's argument hold. */
export const objectUri = (storage: Pick<Storage, 'uri'>, key: string): string => {
  const { path, options } = split(storage.uri);
  return `${path.replace(/\/$/, '')}/${encodeKey(key)}${options}`;
};

const TOP_FOLDER = /^(.+?)\/((?:runs|datasets|models|files|inbox|outbox)\/.*)$/;

/** The store and the key of an `objectUri`. `root` is the store's uri; without it the key begins at the last folder
 *  that `shared/keys.ts` knows. Throws `invalid_request` where the uri is not below the root. */
export const parseObjectUri = (uri: string, root?: string): { store: string; key: string } => {
  const { path, options } = split(uri);
  if (root === undefined) {
    const match = TOP_FOLDER.exec(path);
    if (match) return { store: match[1]! + options, key: decode(match[2]!) };
  } else {
    const above = `${split(root).path.replace(/\/$/, '')}/`;
    if (path.startsWith(above)) return { store: root, key: decode(path.slice(above.length)) };
  }
  throw new AppError('invalid_request', `${uri} is no object of the store ${root ?? '(none given)'}`);
};
