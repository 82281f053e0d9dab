/** Function Compute's Node runtime on this machine: the bundle in a process of its own, in a folder with nothing else. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../shared/package-root.ts';

type Answer = { readonly id: number; readonly value?: unknown; readonly error?: string };
type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

export type FcCredentials = {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
};

export const startFcRuntime = async (env: Readonly<Record<string, string>>, first: FcCredentials) => {
  const alone = mkdtempSync(join(tmpdir(), 'code-'));
  cpSync(join(packageRoot(), 'dist/aliyun'), alone, { recursive: true });
  const child = fork(join(packageRoot(), 'test/helpers/fc-bootstrap.mjs'), {
    cwd: alone,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  const logged: string[] = [];
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (lines: string) => void logged.push(lines));
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let credentials = first;
  child.on('message', ({ id, value, error }: Answer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`ended with ${code}: ${logged.join('')}`));
  });
  const call = (handler: string, event: string | null): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = (calls += 1);
      waiting.set(id, { resolve, reject });
      const context = {
        requestId: String(id),
        credentials,
        function: { handler: `index.${handler}`, timeout: 600 },
      };
      child.send({ id, handler, event: event && Buffer.from(event).toString('base64'), context });
    });
  return {
    logged,
    initialize: () => call('initialize', null),
    /** `event` as it arrives, text or what becomes JSON */
    invoke: (handler: string, event: unknown) =>
      call(handler, typeof event === 'string' ? event : JSON.stringify(event)),
    /** what the role gives from now on */
    setCredentials: (fresh: FcCredentials) => void (credentials = fresh),
    async stop() {
      const ended = child.exitCode === null ? once(child, 'exit') : null;
      child.kill('SIGKILL');
      await ended;
      rmSync(alone, { recursive: true });
    },
  };
};
