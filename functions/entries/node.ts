/** The whole service in one process: API, inbox, messages, runs. */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { type Env, SECRETS } from '../../shared/contracts/env.ts';
import { openDatabase } from '../../shared/db/client.ts';
import { unlockAll } from '../../shared/db/messages.ts';
import { AppError } from '../../shared/errors.ts';
import { openStorage } from '../../shared/storage/index.ts';
import { probeStorage } from '../../shared/storage/probe.ts';
import { createApp } from '../api/app.ts';
import type { Deps, Log } from '../deps.ts';
import { openLauncher } from '../launchers/index.ts';
import type { Launcher } from '../launchers/launcher.ts';
import { drain } from '../messages.ts';
import { readActiveRuns } from '../on-run-event.ts';
import { sweep, sweepRuns } from '../sweep.ts';
import { depsOf } from './service/deps.ts';
import { adminKey, webhookSecret } from './service/home.ts';
import { type Loop, startLoop } from './service/loop.ts';
import { inboxWatcher, watchEvery } from './service/watch.ts';

export type Service = {
  readonly url: string;
  readonly key: string;
  /** file that the key was just written to: the one time it is told */
  readonly keyMadeAt: string | null;
  /** uri of the bucket */
  readonly storage: string;
  /** Ends requests, loops and database; workers go on. */
  close(): Promise<void>;
};

export type ServiceOptions = {
  readonly log: Log;
  /** what workers inherit, without what only the service may know */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly launcher?: Launcher;
};

/** Slow posts to endpoints must not hold up other messages. */
const DRAINERS = 3;
const LAST_WORDS_MS = 3000;

/** A worker needs its store and a hub's token, not the key of the API. */
const workerEnv = (env: ServiceOptions['env'], home: string): ServiceOptions['env'] => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => name === 'HF_TOKEN' || !SECRETS.has(name))),
  DROPTUNE_HOME: home,
});

const openBucket = async ({ DROPTUNE_STORAGE, DROPTUNE_HOME }: Env) => {
  if (DROPTUNE_STORAGE !== undefined) return openStorage(DROPTUNE_STORAGE);
  const folder = join(DROPTUNE_HOME, 'bucket');
  await mkdir(join(folder, 'inbox'), { recursive: true });
  return openStorage(`file:${encodeURI(folder)}`);
};

const listen = async (app: ReturnType<typeof createApp>, env: Env): Promise<Server> => {
  const options = { requestTimeout: 3_600_000 }; // 512 MB over a slow line
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: options }) as Server;
  server.listen(env.PORT, env.HOST);
  await once(server, 'listening').catch((cause: unknown) => {
    throw new AppError(
      'invalid_request',
      `Cannot listen on ${env.HOST}:${env.PORT}: ${(cause as Error).message}`,
      {
        cause,
        hint: 'Another service may run there: stop it, or set PORT.',
      },
    );
  });
  return server;
};

const closeServer = async (server: Server): Promise<void> => {
  const closed = new Promise<void>((done) => void server.close(() => done()));
  server.closeIdleConnections();
  await Promise.race([closed, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
  server.closeAllConnections();
  await closed;
};

const startLoops = (deps: Deps): Loop[] => {
  const { log } = deps;
  const loop = (name: string, every_ms: number, round: () => Promise<boolean | void>): Loop =>
    startLoop(name, { every_ms, round, log });
  return [
    loop('sweep', 60_000, () => sweep(deps).then(() => false)),
    loop('inbox', watchEvery(deps.storage), inboxWatcher(deps)),
    loop('runs', 1000, () => readActiveRuns(deps).then(() => false)),
    loop('workers', deps.launcher.poll_ms, () => sweepRuns(deps).then(() => false)),
    ...Array.from({ length: DRAINERS }, (_, i) =>
      loop(`messages ${i + 1}`, 250, () => drain(deps).then((handled) => handled > 0)),
    ),
  ];
};

/** Throws `invalid_request` for an environment that cannot be, `store_locked` while another service has the home,
 *  `storage_failed` for a bucket without conditional puts. */
export const startService = async (given: Env, options: ServiceOptions): Promise<Service> => {
  const env: Env = { ...given, DROPTUNE_HOME: resolve(given.DROPTUNE_HOME) };
  const home = env.DROPTUNE_HOME;
  await mkdir(home, { recursive: true });
  const { key, madeAt } = await adminKey(env);
  const storage = await openBucket(env);
  await probeStorage(storage);
  const database = await openDatabase({ url: env.DATABASE_URL, folder: home });
  try {
    // nobody else can be at work on an embedded database: who held a message has died
    if (env.DATABASE_URL === undefined) await unlockAll(database.db);
    const stopping = new AbortController();
    const launcher = options.launcher ?? openLauncher({ settings: env, env: workerEnv(options.env, home) });
    const deps = await depsOf(env, {
      db: database.db,
      storage,
      launcher,
      fetch: (input, init) =>
        fetch(input, {
          ...init,
          signal: AbortSignal.any([stopping.signal, ...(init?.signal ? [init.signal] : [])]),
        }),
      webhook_secret: await webhookSecret(env),
      log: options.log,
    });
    const server = await listen(
      createApp({ ...deps, adminKey: key, eventsToken: env.DROPTUNE_EVENTS_TOKEN ?? null }),
      env,
    );
    const loops = startLoops(deps);
    const { port } = server.address() as AddressInfo;
    const host = env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST;
    return {
      url: `http://${host}:${port}`,
      key,
      keyMadeAt: madeAt,
      storage: storage.uri,
      async close() {
        stopping.abort();
        await Promise.all([closeServer(server), ...loops.map((loop) => loop.stop())]);
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
};
