/** An instance of Function Compute with the worker's container in it: one for each invocation, on a free port. */
import type { FakeEngine } from './engine-run.ts';
import type { Runner } from './fc-tasks.ts';
import { startContainer, type WorkerContainer } from './worker-container.ts';

export type RoleKey = { readonly id: string; readonly secret: string; readonly token: string };

type Setting = {
  /** as the function is configured */
  readonly env: Readonly<Record<string, string>>;
  /** the role's, which comes with each invocation */
  readonly key: RoleKey;
  /** of the n-th invocation, null for the real engine */
  readonly engine: (n: number) => FakeEngine | null;
  /** how often the platform delivers the n-th event, at the same time */
  readonly deliveries: (n: number) => number;
};

type Invocation = Parameters<Runner>[1];

const invoke = async (
  { url }: WorkerContainer,
  event: string,
  { requestId, retry, timeout }: Invocation,
  { id, secret, token }: RoleKey,
): Promise<boolean> => {
  const headers = {
    'content-type': 'application/octet-stream',
    'x-fc-control-path': '/invoke',
    'x-fc-request-id': requestId,
    'x-fc-retry-count': String(retry),
    'x-fc-function-timeout': String(timeout),
    'x-fc-access-key-id': id,
    'x-fc-access-key-secret': secret,
    'x-fc-security-token': token,
  };
  const response = await fetch(`${url}/invoke`, { method: 'POST', body: event, headers });
  return response.status === 200 && response.headers.get('x-fc-status') === '200';
};

export const containerRunner = ({ env, key, engine, deliveries }: Setting) => {
  const containers: WorkerContainer[] = [];
  let events = 0;
  const deliver = async (event: string, invocation: Invocation): Promise<boolean> => {
    const fake = engine(containers.length);
    const container = await startContainer({ env, ...(fake && { fake }) });
    containers.push(container);
    await fetch(`${container.url}/initialize`, { method: 'POST' });
    // the platform tells the instance before it takes it away
    const tell = () => void fetch(`${container.url}/pre-stop`).catch(() => undefined);
    invocation.signal.addEventListener('abort', tell);
    try {
      return await invoke(container, event, invocation, key);
    } finally {
      invocation.signal.removeEventListener('abort', tell);
      container.child.kill('SIGTERM'); // it is idle now, or was told so before
      await container.exited;
    }
  };
  const run: Runner = async (event, invocation) => {
    const times = Array.from({ length: deliveries(events++) });
    const ended = await Promise.all(times.map(() => deliver(event, invocation)));
    return ended.every(Boolean);
  };
  return { run, containers };
};
