/** How each engine is started; the work folder is appended. */
import { join } from 'node:path';
import type { ResolvedRecipe } from '../../shared/contracts/recipe.ts';
import { packageRoot } from '../../shared/package-root.ts';

export type EngineCommand = readonly [file: string, ...args: string[]];

// Node runs no TypeScript: from sources (tests) as well the built file is meant
const built = (file: string): string => join(packageRoot(import.meta.url), 'dist/gpu-worker/engines', file);

export const ENGINES: { readonly [E in ResolvedRecipe['engine']]: () => EngineCommand } = {
  onnx: () => [process.execPath, built('onnx.js')],
};

/** What an engine's malloc is told (glibc; others ignore it): large blocks, most of which live for one layer, are used again
 *  and not given back and faulted in anew each time; and small free ones are joined with what lies beside them at once, not
 *  kept ready one by one, where they split the room of large ones (1.2 against 1.7 GB after ten steps of a 135M base). */
export const ENGINE_ENV = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 25),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 40),
  GLIBC_TUNABLES: 'glibc.malloc.tcache_count=0',
} as const;
