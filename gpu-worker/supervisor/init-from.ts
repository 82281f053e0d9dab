/** The adapter that a job continues, as a folder on this machine. */
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Spec } from '../../shared/contracts/spec.ts';
import { initFrom } from '../../shared/contracts/method.ts';
import { AppError } from '../../shared/errors.ts';
import { downloadFile } from './files.ts';
import type { Store } from './store.ts';

/** Where `method.init_from` of a spec is in a store. */
export type Place = { readonly store: Store; readonly key: string };

const FILES = ['adapter_model.safetensors', 'adapter_config.json']; // PEFT's; nobody lists

/** A local folder stays where it is, a folder of a store comes into the work folder; null where the method begins anew. */
export const fetchInitFrom = async (
  { recipe: { method } }: Spec,
  { work, find }: { readonly work: string; readonly find: (uri: string) => Place },
): Promise<string | null> => {
  const from = initFrom(method);
  if (from === null || isAbsolute(from)) return from;
  const { store, key } = find(from.endsWith('/') ? from : `${from}/`);
  const folder = join(work, 'init_from');
  await mkdir(folder, { recursive: true });
  for (const file of FILES)
    await downloadFile(store, key + file, join(folder, file)).catch((cause: unknown) => {
      if (!(cause instanceof AppError) || cause.code !== 'not_found') throw cause;
      throw new AppError('not_found', `method.init_from: there is no ${file} in ${key}`, {
        cause,
        hint: 'Was the model that the job continues deleted? Name another one, and make the job again',
      });
    });
  return folder;
};
