import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder that holds our `package.json`, from the sources and from `dist/` alike. */
export const packageRoot = (from: string = import.meta.url): string => {
  let folder = dirname(fileURLToPath(from));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new TypeError(`No package.json above ${fileURLToPath(from)}`);
    folder = parent;
  }
  return folder;
};
