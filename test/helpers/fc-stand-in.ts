/** A Function Compute on this machine, for the SDK over real HTTP: signatures, async tasks, limits and errors of both of its
 *  generations' paths. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Account, refuseRequest } from './fc-signature.ts';
import { type FcFunction, openTasks, type Runner, type Task } from './fc-tasks.ts';

const ACCOUNT: Account = { account: '1234567890', id: 'LTAI-test', secret: 'a-secret' };
const MAX_EVENT = 128 * 1024;
const TASK_ID = /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/;

const GPU_FUNCTION: FcFunction = {
  runtime: 'custom-container',
  timeout: 86_400,
  instanceConcurrency: 1,
  gpuConfig: { gpuType: 'fc.gpu.tesla.1', gpuMemorySize: 16_384 },
  asyncTask: true,
  maxAsyncRetryAttempts: 0,
  maxAsyncEventAgeInSeconds: 86_400,
  instances: 10,
};

type Answer = { readonly status: number; readonly body?: unknown; readonly code?: string };
const refusal = (status: number, code: string): Answer => ({ status, code });

const show = (task: Task): Answer => {
  const { history: _history, ...shown } = task;
  const old = { invocationId: task.taskId, invocationErrorMessage: task.taskErrorMessage };
  return { status: 200, body: { ...shown, ...old } };
};

const reply = (response: ServerResponse, { status, code, body }: Answer, requestId: string): void => {
  const shown = code === undefined ? body : { ErrorCode: code, ErrorMessage: `said ${code}` };
  const json = shown === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { 'x-fc-request-id': requestId, ...json });
  response.end(shown === undefined ? undefined : JSON.stringify(shown));
};

/** What the next requests meet in place of an answer. `lost`: the request has its effect, its answer does not arrive. */
export type Mishap = { readonly status: number; readonly code: string } | 'lost' | 'reset' | 'no body';

type Options = {
  readonly run: Runner;
  readonly settings?: Partial<FcFunction>;
  readonly account?: Account;
  readonly name?: string;
};

export const startFc = async ({ run, settings = {}, account = ACCOUNT, name = 'svc$worker' }: Options) => {
  const fn: FcFunction = { ...GPU_FUNCTION, ...settings };
  const tasks = openTasks(fn, run);
  const [service, own] = name.split('$');
  const at = [`/2023-03-30/functions/${name}`, `/2016-08-15/services/${service}/functions/${own}`];
  const requests: string[] = [];
  const mishaps: Mishap[] = [];

  const invoke = ({ headers }: IncomingMessage, body: Buffer, requestId: string): Answer => {
    if (headers['x-fc-invocation-type'] !== 'Async') return refusal(400, 'InvalidArgument');
    if (body.length > MAX_EVENT) return refusal(400, 'EntityTooLarge');
    const id = headers['x-fc-async-task-id'] ?? headers['x-fc-stateful-async-invocation-id'];
    if (typeof id !== 'string' || !TASK_ID.test(id)) return refusal(400, 'InvalidArgument');
    return tasks.begin(id, requestId, body.toString())
      ? { status: 202 }
      : refusal(409, 'StatefulAsyncInvocationAlreadyExists');
  };
  const withTask = (id: string, act: (task: Task) => Answer): Answer => {
    const task = tasks.tasks.get(id);
    return task ? act(task) : refusal(404, 'AsyncTaskNotFound');
  };
  const stop = ({ taskId }: Task): Answer => {
    tasks.stop(taskId);
    return { status: 200, body: {} };
  };

  const route = (request: IncomingMessage, body: Buffer, requestId: string): Answer => {
    const path = decodeURIComponent(request.url!.split('?')[0]!);
    const base = at.find((prefix) => path === prefix || path.startsWith(`${prefix}/`));
    if (base === undefined) return refusal(404, 'FunctionNotFound');
    const [verb, id, action] = path.slice(base.length + 1).split('/');
    const {
      asyncTask,
      maxAsyncRetryAttempts,
      maxAsyncEventAgeInSeconds,
      instances: _instances,
      ...shown
    } = fn;
    const [old, now] = ['PUT stateful-async-invocations', 'PUT async-tasks stop'];
    const call = [request.method, verb, action].filter(Boolean).join(' ');
    if (call === 'GET') {
      const { gpuConfig, ...rest } = shown;
      return {
        status: 200,
        body: base === at[0] ? shown : { ...rest, instanceType: gpuConfig?.gpuType ?? 'e1' },
      };
    }
    if (call === 'GET async-invoke-config')
      return asyncTask
        ? {
            status: 200,
            body: {
              [base === at[0] ? 'asyncTask' : 'statefulInvocation']: true,
              maxAsyncRetryAttempts,
              maxAsyncEventAgeInSeconds,
            },
          }
        : refusal(404, 'AsyncConfigNotExists');
    if (call === 'POST invocations') return invoke(request, body, requestId);
    if (call === 'GET async-tasks' || call === 'GET stateful-async-invocations') return withTask(id!, show);
    if (call === old || call === now) return withTask(id!, stop);
    return refusal(400, 'PathNotSupported');
  };

  const server = createServer((request, response) => {
    void (async () => {
      const body = Buffer.concat(await request.toArray());
      const requestId = randomUUID();
      requests.push(`${request.method} ${request.url}`);
      const refused = refuseRequest(request, body, account);
      if (refused) return reply(response, refused, requestId);
      const mishap = mishaps.shift();
      if (mishap === 'reset') return response.destroy();
      if (typeof mishap === 'object') return reply(response, mishap, requestId);
      const answer = route(request, body, requestId);
      if (mishap === 'lost') return response.destroy();
      if (mishap === 'no body') return response.writeHead(502, { 'content-type': 'application/json' }).end();
      return reply(response, answer, requestId);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    name,
    account,
    /** its settings, to be changed while it runs */
    fn,
    requests,
    mishaps,
    tasks: tasks.tasks,
    /** as somebody does in the console, or the platform itself */
    stop: tasks.stop,
    deleteFunction: tasks.delete,
    async close() {
      await tasks.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
};
export type FcStandIn = Awaited<ReturnType<typeof startFc>>;
