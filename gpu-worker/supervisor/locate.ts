import type { Storage } from '../../shared/storage/driver.ts';
import { openStorage, parseObjectUri } from '../../shared/storage/index.ts';
import { AppError } from '../../shared/errors.ts';

export type Located = { readonly storage: Storage; readonly key: string };

/** The key of a URI below the store, null where it is elsewhere. */
const keyBelow = (own: Storage, uri: string): string | null => {
  try {
    return parseObjectUri(uri, own.uri).key;
  } catch {
    return null;
  }
};

/** Where an object (with a final slash: a folder of them) is: in the worker's own store, else in the folder that holds
 *  it. Throws `invalid_request` for what is no URI. */
export const locate = (own: Storage, uri: string): Located => {
  const plain = uri.replace(/^file:\/\/(?=\/)/, 'file:');
  const key = keyBelow(own, plain);
  if (key !== null) return { storage: own, key };
  const match = /^([a-z][a-z0-9+]*:.*\/)([^/?]+\/?)(\?.*)?$/.exec(plain);
  if (!match) throw new AppError('invalid_request', `${uri} is not the URI of an object in a store`);
  const [, folder = '', name = '', options = ''] = match;
  return { storage: openStorage(folder + options), key: decodeURIComponent(name) };
};
