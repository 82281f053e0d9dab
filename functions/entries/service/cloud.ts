/** The service in a function: the same handlers, PostgreSQL, and nothing that outlives a call. */
import type { Hono } from 'hono';
import type { Env } from '../../../shared/contracts/env.ts';
import { openPostgres } from '../../../shared/db/postgres.ts';
import { AppError } from '../../../shared/errors.ts';
import { openLog } from '../../../shared/log.ts';
import { openStorage } from '../../../shared/storage/index.ts';
import { createApp } from '../../api/app.ts';
import type { Deps } from '../../deps.ts';
import { openLauncher } from '../../launchers/index.ts';
import { drain } from '../../messages.ts';
import { sweep } from '../../sweep.ts';
import { readEnv } from '../env.ts';
import { depsOf } from './deps.ts';
import { type Kept, kept } from './kept.ts';

type Source = Readonly<Record<string, string | undefined>>;

export type CloudService = { readonly deps: Deps; readonly app: Hono; close(): Promise<void> };

/** What a service in one process makes for itself, and a function cannot. */
const NEEDED = {
  DATABASE_URL: 'PostgreSQL, since an embedded database belongs to one process',
  DROPTUNE_STORAGE: 'the bucket',
  DROPTUNE_ADMIN_KEY: 'a long random text, the bearer key of the API',
  DROPTUNE_WEBHOOK_SECRET: 'whsec_ and the base64 of 24 to 64 bytes',
} as const satisfies Partial<Record<keyof Env, string>>;

type CloudEnv = Env & Readonly<Record<keyof typeof NEEDED, string>>;

/** The environment of a function. Throws `invalid_request` that names everything that is missing. */
const readCloudEnv = (source: Source, schemes: readonly string[]): CloudEnv => {
  const env = readEnv(source);
  const names = Object.keys(NEEDED) as (keyof typeof NEEDED)[];
  const lacks = names.filter((name) => env[name] === undefined);
  const scheme = env.DROPTUNE_STORAGE?.split(':')[0] ?? '';
  const wrong = [
    ...lacks.map((name) => `${name} is not set: ${NEEDED[name]}`),
    ...(env.DROPTUNE_STORAGE === undefined || schemes.includes(scheme)
      ? []
      : [`DROPTUNE_STORAGE: this bundle has no driver for ${scheme}: only for ${schemes.join(', ')}`]),
    ...(env.DROPTUNE_LAUNCHER === 'local'
      ? ['DROPTUNE_LAUNCHER: local starts processes, and they end with the function: name another']
      : []),
  ];
  if (wrong.length > 0)
    throw new AppError('invalid_request', `The function cannot start. ${wrong.join('. ')}`);
  return env as CloudEnv;
};

const log = openLog((line) => void process.stdout.write(line), { json: true });

const open = async (source: Source, schemes: readonly string[]): Promise<CloudService> => {
  const env = readCloudEnv(source, schemes);
  const database = await openPostgres(env.DATABASE_URL, 'function');
  const deps = await depsOf(env, {
    db: database.db,
    storage: openStorage(env.DROPTUNE_STORAGE),
    launcher: openLauncher({ settings: env, env: source }),
    fetch: globalThis.fetch,
    webhook_secret: env.DROPTUNE_WEBHOOK_SECRET,
    log,
  });
  const eventsToken = env.DROPTUNE_EVENTS_TOKEN ?? null;
  return {
    deps,
    app: createApp({ ...deps, adminKey: env.DROPTUNE_ADMIN_KEY, eventsToken }),
    close: () => database.close(),
  };
};

/** Balancers and databases drop connections that rest for some minutes. */
const STALE_MS = 60_000;

/** Opened with the first call. `schemes` are those of the stores that the bundle has drivers for. */
export const cloudService = (source: Source, schemes: readonly string[]): Kept<CloudService> =>
  kept({
    open: () =>
      open(source, schemes).catch((error: unknown) => {
        log('error', error instanceof Error ? error.message : String(error), { error });
        throw error;
      }),
    close: (service) => service.close(),
    stale_ms: STALE_MS,
  });

/** After this nothing new is begun: the next minute's call goes on, with all its time before it. */
const BEGIN_MS = 50_000;

/** Works on messages until none is due. What fails is tried again by its own rules: it is not the caller's failure. */
export const work = async (deps: Deps): Promise<number> => {
  const until_ms = deps.now() + BEGIN_MS;
  let handled = 0;
  try {
    for (let due = 1; due > 0 && deps.now() < until_ms; handled += due) due = await drain(deps);
  } catch (error) {
    deps.log('error', 'Messages wait for the next round', { error });
  }
  return handled;
};

/** What a schedule calls every minute. */
export const minute = async (deps: Deps) => {
  const { lost, ingested } = await sweep(deps);
  return { lost, ingested: ingested.length, handled: await work(deps) };
};
