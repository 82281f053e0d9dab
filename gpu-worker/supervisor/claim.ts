import { Claim } from '../../shared/contracts/spec.ts';
import { AppError } from '../../shared/errors.ts';
import { runKeys } from '../../shared/keys.ts';
import type { Store } from './store.ts';

export type ClaimInput = { readonly token: string; readonly machine: string; readonly at_ms: number };

const bytesOf = (claim: ClaimInput): Uint8Array => Buffer.from(JSON.stringify(claim));

/** Makes the attempt below `prefix` ours, or says that it is another's. Throws `storage_failed` for a store that lets a
 *  second conditional put through: on such a one two workers would train the same job. */
export const claimRun = async (store: Store, prefix: string, claim: ClaimInput): Promise<boolean> => {
  const key = runKeys.claim(prefix);
  if (!(await store.create(key, bytesOf(claim)))) {
    // our own token: the answer to our put was lost and the driver asked again
    const found = await store.read(key);
    return found !== null && Claim.parse(JSON.parse(Buffer.from(found).toString())).token === claim.token;
  }
  if (await store.create(key, bytesOf(claim)))
    throw new AppError(
      'storage_failed',
      `The store put ${key} twice although it exists: it ignores conditional puts. Use a store that has them.`,
    );
  return true;
};
