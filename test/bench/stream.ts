/** Memory of a process that streams a large object into a store and out of it, by every driver. Buckets are processes
 *  that hash what comes and throw it away. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs, promisify } from 'node:util';

const SIDE = new URL('stream-side.js', import.meta.url).pathname;
const OPTIONS = {
  gb: { type: 'string', default: '5' },
  only: { type: 'string', default: 'fs,s3,oss' },
} as const;

const env = {
  ...process.env,
  NODE_NO_WARNINGS: '1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'id',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret',
};

/** Starts a bucket whose object has so many bytes; its address once it listens. */
const startServer = async (bytes: number): Promise<{ child: ChildProcess; url: string }> => {
  const child = spawn(process.execPath, [SIDE, 'serve', String(bytes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, url };
};

const run = async (direction: 'put' | 'get', uri: string, bytes: number): Promise<object> => {
  const { stdout } = await promisify(execFile)(process.execPath, [SIDE, direction, uri, String(bytes)], {
    env,
  });
  return JSON.parse(stdout) as object;
};

export const benchStream = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const bytes = Math.round(Number(values.gb) * 1e9);
  const folder = mkdtempSync(join(tmpdir(), 'stream-'));
  process.stderr.write(`The sums of ${values.gb} GB are made…\n`);
  const { child, url } = await startServer(bytes);
  const endpoint = encodeURIComponent(url);
  const stores: Readonly<Record<string, string>> = {
    fs: `file:${folder}`,
    s3: `s3://bucket?region=eu-west-1&endpoint=${endpoint}`,
    oss: `oss://bucket?path_style=true&endpoint=${endpoint}`,
  };
  try {
    const runs: object[] = [];
    for (const driver of values.only.split(','))
      for (const direction of ['put', 'get'] as const) {
        const found = { driver, direction, ...(await run(direction, stores[driver]!, bytes)) };
        process.stderr.write(`${JSON.stringify(found)}\n`);
        runs.push(found);
      }
    return { bytes, runs };
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
};
