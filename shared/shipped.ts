/** Files that ship with the code: beside it in the package, or inside where all of it is one file (`infra/bundle.mjs`). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

/** Path from the repository's root → text. Only a bundle has it. */
declare const DROPTUNE_SHIPPED: Readonly<Record<string, string>>;

const inside = typeof DROPTUNE_SHIPPED === 'undefined' ? null : DROPTUNE_SHIPPED;

/** Whether this code is one file, with no other beside it. */
export const isBundle = inside !== null;

export const readShipped = async (path: string): Promise<string> =>
  inside?.[path] ?? readFile(join(packageRoot(), path), 'utf8');
