import { resolve } from 'node:path';
import { AppError } from '../errors.ts';
import type { Storage } from './driver.ts';
import { fsStorage } from './fs.ts';
import { OssOptions, ossStorage } from './oss.ts';
import { decodeText, parsePlace } from './place.ts';
import { S3Options, s3Storage } from './s3.ts';

/** `file:/abs`, `file:./rel` and `file:///abs` alike. */
const fromFileUri = (uri: string): Storage =>
  fsStorage({ root: resolve(decodeText(uri.slice('file:'.length).replace(/^\/\/(?=\/)/, ''))) });

const fromS3Uri = (uri: string): Storage => {
  const { place, options } = parsePlace(uri, S3Options);
  return s3Storage(place, options);
};

const fromOssUri = (uri: string): Storage => {
  const { place, options } = parsePlace(uri, OssOptions);
  return ossStorage(place, options);
};

/** Scheme → driver. */
const DRIVERS: Readonly<Record<string, (uri: string) => Storage>> = {
  file: fromFileUri,
  s3: fromS3Uri,
  oss: fromOssUri,
};

/** The store at `uri`. Throws `invalid_request` for a scheme that has no driver, and for options that it does not know. */
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
    if (match) return { store: match[1]! + options, key: decodeText(match[2]!) };
  } else {
    const above = `${split(root).path.replace(/\/$/, '')}/`;
    if (path.startsWith(above)) return { store: root, key: decodeText(path.slice(above.length)) };
  }
  throw new AppError('invalid_request', `${uri} is no object of the store ${root ?? '(none given)'}`);
};
