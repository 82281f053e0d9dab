/** The one place of a container: one run at a time, that ends in time. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../../shared/errors.ts';
import { credentials, parseInvocation, readBody, timeLimit } from './request.ts';
import { type Answer, answerTo, type Environment, startWork, type Work } from './work.ts';

export type Setting = {
  /** the worker's program */
  readonly main: string;
  /** what runs inherit */
  readonly env: Environment;
  readonly say: (line: string) => void;
};

export type Slot = {
  /** Resolves when the run is over. Throws `launch_failed` while there is another, or after `stop`. */
  run(request: IncomingMessage, response: ServerResponse): Promise<Answer>;
  state(): Answer;
  /** Takes no more work, asks the run for a checkpoint, and resolves when it has ended. */
  stop(): Promise<void>;
};

/** How long before the platform's limit a run is stopped, so that its checkpoint is in the store by then, in seconds. */
const marginOf = (limit: number): number => Math.min(600, Math.max(30, limit / 10));

/** Asks the run to stop when the platform's time is nearly over, or when nobody waits for the answer any more. */
const stopInTime = (
  work: Work,
  { limit, response, say }: { limit: number | null; response: ServerResponse; say: Setting['say'] },
): void => {
  const ask = (why: string) => () => {
    say(`The run is asked to stop: ${why}`);
    work.stop();
  };
  const timer =
    limit === null
      ? undefined
      : setTimeout(ask(`the platform ends it after ${limit} s`), (limit - marginOf(limit)) * 1000);
  const abandoned = ask('the platform has given the invocation up');
  response.once('close', abandoned);
  void work.ended.then(() => {
    clearTimeout(timer);
    response.off('close', abandoned);
  });
};

export const openSlot = ({ main, env, say }: Setting): Slot => {
  let work: Work | null = null;
  let stopping = false;

  const refuseIfTaken = (): void => {
    if (stopping) throw new AppError('launch_failed', 'This container is being stopped');
    if (work)
      throw new AppError('launch_failed', `This container is at work on ${work.specUri}`, {
        hint: 'One run an instance: set the concurrency of the instance to 1.',
      });
  };

  return {
    async run(request, response) {
      refuseIfTaken();
      const invocation = parseInvocation(await readBody(request));
      refuseIfTaken(); // another one may have come meanwhile
      const running = startWork(main, invocation, { ...env, ...credentials(request) });
      work = running;
      stopInTime(running, { limit: timeLimit(request), response, say });
      const code = await running.ended;
      work = null;
      return answerTo(code);
    },
    state: () => ({ ok: true, message: work ? `at work on ${work.specUri}` : 'idle' }),
    async stop() {
      stopping = true;
      work?.stop();
      await work?.ended;
    },
  };
};
