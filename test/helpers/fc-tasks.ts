/** The asynchronous tasks of one function, as Function Compute has them: each id once, in ten states, on so many instances
 *  at a time, with retries, a time limit, stops, and messages that grow too old or lose their function. */
import { setTimeout as sleep } from 'node:timers/promises';

export type FcFunction = {
  runtime: string;
  /** seconds */
  timeout: number;
  instanceConcurrency: number;
  gpuConfig?: { gpuType: string; gpuMemorySize: number };
  asyncTask: boolean;
  maxAsyncRetryAttempts: number;
  maxAsyncEventAgeInSeconds: number;
  /** instances at once */
  instances: number;
};

export type Task = {
  readonly taskId: string;
  readonly requestId: string;
  status: string;
  /** every state that it was in */
  readonly history: string[];
  alreadyRetriedTimes: number;
  taskErrorMessage?: string;
  instanceId?: string;
};

/** Runs one invocation on an instance of its own: whether it succeeded. The signal says that the platform ends it. */
export type Runner = (
  event: string,
  invocation: { requestId: string; retry: number; timeout: number; signal: AbortSignal },
) => Promise<boolean>;

export const openTasks = (settings: FcFunction, run: Runner) => {
  const tasks = new Map<string, Task>();
  const stops = new Map<string, AbortController>();
  let busy = 0;
  const deleted = new AbortController();
  let closing = false;

  const enter = (task: Task, status: string, why?: string): void => {
    task.status = status;
    task.history.push(status);
    if (why !== undefined) task.taskErrorMessage = why;
  };

  /** One invocation, within its time: what went wrong, null for a success. */
  const invoke = async (task: Task, event: string, stop: AbortController): Promise<string | null> => {
    const { timeout } = settings;
    const limit = AbortSignal.timeout(timeout * 1000);
    const signal = AbortSignal.any([stop.signal, limit]);
    const { requestId, alreadyRetriedTimes: retry } = task;
    const succeeded = await run(event, { requestId, retry, timeout, signal }).catch(() => false);
    if (limit.aborted) return `Function timed out after ${timeout} seconds`;
    return succeeded ? null : 'UnhandledInvocationError';
  };

  const execute = async (task: Task, event: string, stop: AbortController): Promise<void> => {
    enter(task, 'Running');
    task.instanceId = `c-${task.requestId}-${task.alreadyRetriedTimes}`;
    const wrong = await invoke(task, event, stop);
    if (stop.signal.aborted) return enter(task, 'Stopped');
    if (wrong === null) return enter(task, 'Succeeded');
    if (task.alreadyRetriedTimes >= settings.maxAsyncRetryAttempts) return enter(task, 'Failed', wrong);
    enter(task, 'Retrying', wrong);
    task.alreadyRetriedTimes += 1;
    return execute(task, event, stop);
  };

  const live = async (task: Task, event: string, stop: AbortController): Promise<void> => {
    const end = Date.now() + settings.maxAsyncEventAgeInSeconds * 1000;
    enter(task, 'Enqueued');
    while (busy >= settings.instances && !stop.signal.aborted && !deleted.signal.aborted && Date.now() < end)
      await sleep(10);
    if (stop.signal.aborted) return enter(task, 'Stopped');
    if (deleted.signal.aborted) return enter(task, 'Invalid', 'the function does not exist');
    if (Date.now() >= end) return enter(task, 'Expired');
    enter(task, 'Dequeued');
    busy += 1;
    await execute(task, event, stop);
    busy -= 1;
  };

  const lives: Promise<void>[] = [];
  return {
    tasks,
    /** `false` for an id that there was already. */
    begin(taskId: string, requestId: string, event: string): boolean {
      if (tasks.has(taskId)) return false;
      const task: Task = { taskId, requestId, status: '', history: [], alreadyRetriedTimes: 0 };
      const stop = new AbortController();
      tasks.set(taskId, task);
      stops.set(taskId, stop);
      lives.push(live(task, event, stop));
      return true;
    },
    stop(taskId: string): void {
      const task = tasks.get(taskId)!;
      if (task.status === 'Running' || task.status === 'Retrying') enter(task, 'Stopping');
      stops.get(taskId)!.abort();
    },
    /** Deletes the function: what waits becomes invalid. */
    delete: () => deleted.abort(),
    /** Ends what runs. */
    async close(): Promise<void> {
      if (closing) return;
      closing = true;
      for (const stop of stops.values()) stop.abort();
      await Promise.all(lives);
    },
  };
};
