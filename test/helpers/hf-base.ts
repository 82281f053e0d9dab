/** A base model as Python can read it: resolved as the product does, written once as a Hugging Face folder by our code. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openBase, writeHfFolder } from '../../gpu-worker/weights/base.ts';
import { resolveBase } from '../../gpu-worker/weights/resolve.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Folder of the base under the home. */
export const hfFolder = async (id: string, env: Environment): Promise<string> => {
  const home = resolve(env['DROPTUNE_HOME'] ?? '.droptune');
  const { path, sha256 } = await resolveBase(id, {
    home,
    env,
    note: (text) => process.stderr.write(`${text}\n`),
  });
  if (existsSync(join(path, 'config.json'))) return path;
  const folder = join(home, 'hf', sha256 ?? encodeURIComponent(id));
  if (!existsSync(join(folder, 'config.json'))) {
    const base = await openBase(path);
    writeHfFolder(base, folder);
    base.close();
  }
  return folder;
};
