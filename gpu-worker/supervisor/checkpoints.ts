import { rm } from 'node:fs/promises';
import { runKeys } from '../../shared/keys.ts';
import { manifestBytes, uploadFolder } from './files.ts';
import type { Store } from './store.ts';

export const COMPLETE = 'complete.json';
const KEPT = 2;

export type Checkpoints = {
  /** Puts the folder, `complete.json` last, removes it from the disk and returns its prefix in the store. */
  put(step: number, folder: string): Promise<string>;
  /** Removes all but the newest two that this attempt has put. */
  prune(): Promise<void>;
};

/** `beforeComplete` runs between a checkpoint's files and its `complete.json`: what must not be older than it is put there. */
export const checkpointsOf = (
  store: Store,
  prefix: string,
  beforeComplete: () => Promise<void>,
): Checkpoints => {
  const kept: { at: string; files: readonly string[] }[] = [];
  return {
    async put(step, folder) {
      const at = runKeys.checkpoint(prefix, step);
      const files = await uploadFolder(store, at, folder);
      await beforeComplete();
      await store.put(at + COMPLETE, () => manifestBytes(files));
      kept.push({ at, files: Object.keys(files) });
      await rm(folder, { recursive: true, force: true });
      return at;
    },
    async prune() {
      for (const { at, files } of kept.splice(0, Math.max(0, kept.length - KEPT)))
        // the sums go first: without them nobody takes what is left for a checkpoint
        for (const file of [COMPLETE, ...files]) await store.remove(at + file);
    },
  };
};
