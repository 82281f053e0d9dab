import { totalmem } from 'node:os';

/** What this process and its children may use, in bytes: the container's limit where there is one. */
export const constrainedBytes = (): number => {
  const limit = process.constrainedMemory();
  return limit !== undefined && limit > 0 && limit < totalmem() ? limit : totalmem();
};
