/** AWS Lambda on this machine: its Runtime API on loopback, and the bundle in a process of its own, in a folder with
 *  nothing else. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../shared/package-root.ts';

class FunctionError extends Error {}

type Call = {
  readonly event: unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
};

export type Lambda = {
  /** Resolves with what the handler returned; rejects with `FunctionError` where it threw. */
  invoke(event: unknown): Promise<unknown>;
  /** what the function has printed */
  readonly logged: string[];
  /** `performance.now()` when its process was started */
  readonly born_ms: number;
  stop(): Promise<void>;
};

const TIMEOUT_MS = 60_000;

/** The Runtime API: hands out one call after the other, and takes the answers. */
const runtimeApi = () => {
  const waiting: Call[] = [];
  const running = new Map<string, Call>();
  let asking: ServerResponse | null = null;
  const hand = (): void => {
    const call = asking && waiting.shift();
    if (!asking || !call) return;
    const id = randomUUID();
    running.set(id, call);
    asking.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': String(Date.now() + TIMEOUT_MS),
    });
    asking.end(JSON.stringify(call.event));
    asking = null;
  };
  const settle = (id: string, kind: string, body: string): void => {
    const call = running.get(id);
    running.delete(id);
    if (kind === 'response') call?.resolve(JSON.parse(body));
    else call?.reject(new FunctionError((JSON.parse(body) as { errorMessage: string }).errorMessage));
  };
  const fail = (error: Error): void => {
    for (const { reject } of [...running.values(), ...waiting.splice(0)]) reject(error);
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').replace('/2018-06-01/runtime/', '');
    if (path === 'invocation/next') {
      asking = response;
      return hand();
    }
    const body = await text(request);
    const [, id, kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (id && kind) settle(id, kind, body);
    else fail(new FunctionError(body));
    response.writeHead(202).end();
  };
  const server = createServer((request, response) => void handle(request, response));
  return {
    server,
    fail,
    push(call: Call): void {
      waiting.push(call);
      hand();
    },
  };
};

const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null ? once(child, 'exit') : Promise.resolve();

/** `handler` as in a function's configuration: `index.api`. `task` is the folder of the bundle. */
export const startLambda = async (
  handler: string,
  env: Readonly<Record<string, string>>,
  task = join(packageRoot(), 'dist/aws'),
): Promise<Lambda> => {
  const alone = mkdtempSync(join(tmpdir(), 'task-'));
  cpSync(task, alone, { recursive: true });
  const { server, push, fail } = runtimeApi();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const bootstrap = join(packageRoot(), 'test/helpers/lambda-bootstrap.mjs');
  const born_ms = performance.now();
  const child = spawn(process.execPath, [bootstrap], {
    cwd: alone,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      NODE_NO_WARNINGS: '1',
      ...env,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      LAMBDA_TASK_ROOT: alone,
      _HANDLER: handler,
    },
  });
  const logged: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (lines: string) => void logged.push(lines));
  child.on('exit', (code) => fail(new FunctionError(`the runtime ended with ${code}: ${logged.join('')}`)));
  return {
    logged,
    born_ms,
    invoke: (event) => new Promise((resolve, reject) => push({ event, resolve, reject })),
    async stop() {
      child.kill('SIGKILL');
      await ended(child);
      server.closeAllConnections();
      server.close();
      rmSync(alone, { recursive: true });
    },
  };
};
