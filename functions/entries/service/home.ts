/** What the service keeps in its home beside database and bucket: secrets that only its owner may read. */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Env } from '../../../shared/contracts/env.ts';
import { AppError } from '../../../shared/errors.ts';
import { newSecret } from '../../webhooks/secret.ts';
import { isLoopback } from './loopback.ts';

/** The text of a file that is made once; `fresh` where it was made now. */
const keepSecret = async (path: string, make: () => string): Promise<{ text: string; fresh: boolean }> => {
  try {
    const text = make();
    await writeFile(path, `${text}\n`, { flag: 'wx', mode: 0o600 });
    return { text, fresh: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const text = (await readFile(path, 'utf8')).trim();
  if (text === '') throw new AppError('invalid_request', `${path} is empty: remove it, and another is made`);
  await chmod(path, 0o600);
  return { text, fresh: false };
};

export type AdminKey = {
  readonly key: string;
  /** file it was just written to */ readonly madeAt: string | null;
};

/** The API's key. Throws `invalid_request` where others can reach the API and no key was chosen. */
export const adminKey = async (env: Env): Promise<AdminKey> => {
  if (env.DROPTUNE_ADMIN_KEY !== undefined) return { key: env.DROPTUNE_ADMIN_KEY, madeAt: null };
  if (!isLoopback(env.HOST))
    throw new AppError(
      'invalid_request',
      `HOST is ${env.HOST}, which others can reach, and there is no key`,
      {
        hint: 'Set DROPTUNE_ADMIN_KEY to a long random text, or leave HOST at 127.0.0.1.',
      },
    );
  const path = join(env.DROPTUNE_HOME, 'admin.key');
  const { text, fresh } = await keepSecret(path, () => `dt-${randomBytes(24).toString('base64url')}`);
  return { key: text, madeAt: fresh ? path : null };
};

export const webhookSecret = async (env: Env): Promise<string> =>
  env.DROPTUNE_WEBHOOK_SECRET ??
  (await keepSecret(join(env.DROPTUNE_HOME, 'webhook.secret'), newSecret)).text;
