/** The whole service in this process on a home of its own; its workers are real processes that only keep the file contract. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEnv } from '../../functions/entries/env.ts';
import { type Service, startService } from '../../functions/entries/node.ts';
import type { Launcher } from '../../functions/launchers/launcher.ts';
import { localLauncher } from '../../functions/launchers/local.ts';
import { openClient, type Client } from '../../functions/entries/cli/client.ts';
import type { Storage } from '../../shared/storage/driver.ts';

export type Running = {
  readonly service: Service;
  readonly client: Client;
  readonly home: string;
  readonly logged: string[];
  /** puts a file below `inbox/` as `mv` does */
  drop(path: string, content: string | Uint8Array): void;
  /** `outbox/<path>/status.json` once its status is one of these */
  outcome(path: string, ...statuses: string[]): Promise<Record<string, unknown>>;
};

const FINAL = ['succeeded', 'failed', 'cancelled'];

/** Tries until something is there; rejects after so many seconds with what was there last. */
export const until = async <T>(
  look: () => T | null | Promise<T | null>,
  what: string,
  seconds = 25,
): Promise<T> => {
  for (let i = 0; i < 10 * seconds; i++) {
    const found = await look();
    if (found !== null) return found;
    await sleep(100);
  }
  throw new Error(`This did not happen within ${seconds} s: ${what}`);
};

/** `<outbox>/status.json` of a bucket once its job has ended. */
export const endIn = (storage: Storage, outbox: string, seconds: number): Promise<Record<string, unknown>> =>
  until(
    async () => {
      const bytes = await storage.read(`${outbox}/status.json`);
      const said = JSON.parse(Buffer.from(bytes ?? '{}').toString()) as Record<string, unknown>;
      return FINAL.includes(String(said['status'])) ? said : null;
    },
    'the job ends',
    seconds,
  );

export const runService = async (
  home: string,
  {
    env = {},
    worker = {},
    launcher,
  }: { env?: Record<string, string>; worker?: Record<string, string>; launcher?: Launcher } = {},
): Promise<Running> => {
  const logged: string[] = [];
  const main = new URL('worker-stand-in.mjs', import.meta.url).pathname;
  const service = await startService(readEnv({ DROPTUNE_HOME: home, PORT: '0', ...env }), {
    env: {},
    log: (level, message, facts) => void logged.push(`${level}: ${message} ${JSON.stringify(facts ?? {})}`),
    launcher: launcher ?? localLauncher({ home, env: worker, main, concurrency: 4 }),
  });
  const bucket = join(home, 'bucket');
  const read = (path: string): Record<string, unknown> | null => {
    const file = join(bucket, 'outbox', path, 'status.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : null;
  };
  return {
    service,
    home,
    logged,
    client: openClient(service.url, service.key),
    drop(path, content) {
      const file = join(bucket, 'inbox', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(join(home, 'aside'), content);
      renameSync(join(home, 'aside'), file);
    },
    outcome: (path, ...statuses) =>
      until(
        () => {
          const status = read(path);
          return status && (statuses.length > 0 ? statuses : FINAL).includes(String(status['status']))
            ? status
            : null;
        },
        `outbox/${path} ${statuses.join(' or ')}; it is ${JSON.stringify(read(path))}`,
      ),
  };
};
