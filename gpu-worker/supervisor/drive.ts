/** Runs the engine to its end: its messages become events, metrics and uploads, stop requests become lines. */
import { resolve } from 'node:path';
import { constrainedBytes } from '../../shared/memory.ts';
import type { EngineMessage } from '../engines/contract.ts';
import { ENGINE_ENV, type EngineCommand } from '../engines/index.ts';
import { checkpointsOf } from './checkpoints.ts';
import { startEngine, type Engine } from './child.ts';
import { endingOf, type Ending } from './ending.ts';
import { oomKills } from './oom.ts';
import type { Session } from './session.ts';

type Message<T extends EngineMessage['type']> = Extract<EngineMessage, { type: T }>;
type Handlers = { readonly [T in EngineMessage['type']]: (message: Message<T>) => void };

type Drive = {
  readonly command: EngineCommand;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly work: string;
  readonly say: (message: EngineMessage) => void;
};

/** Weights and gradients are typed arrays, outside of this heap: it holds text, rows and graphs. */
const heapOption = (): string =>
  `--max-old-space-size=${Math.max(256, Math.min(4096, Math.floor(constrainedBytes() / 2 ** 21)))}`;

/** What takes the store's time goes on behind the engine's back: in order, one at a time, until something fails. */
const workQueue = ({ trouble }: Session) => {
  let queue: Promise<void> = Promise.resolve();
  return {
    add(work: () => Promise<void>) {
      queue = queue
        .then(() => (trouble.signal.aborted ? undefined : work()))
        .catch((error: unknown) => trouble.fail(error));
    },
    done: () => queue,
  };
};

const checkpointUploads = ({ store, prefix, events, log, flush }: Session, work: string) => {
  const checkpoints = checkpointsOf(store, prefix, flush);
  return async ({ step, folder, metrics }: Message<'checkpoint'>) => {
    const at = await checkpoints.put(step, resolve(work, folder));
    await events.report({ type: 'checkpointed', step, prefix: at, metrics });
    log.line(`The checkpoint of step ${step} is in the store`);
    await checkpoints.prune();
  };
};

const obeyStops = (engine: Engine, { stop, timing, log }: Session): (() => void) => {
  let grace: NodeJS.Timeout | undefined;
  stop.listen((reason) => {
    log.line(`The engine is asked to stop: ${reason}`);
    engine.stop(reason === 'cancel' ? 'cancel' : 'pause');
    if (reason !== 'cancel') return;
    grace = setTimeout(() => {
      log.line('The engine did not stop in time and is killed');
      engine.kill();
    }, timing.cancel_grace);
  });
  return () => clearTimeout(grace);
};

/** Throws what failed in the background (a store that stays away, an event that cannot be written). */
export const driveEngine = async (session: Session, { command, env, work, say }: Drive): Promise<Ending> => {
  const { events, log, trouble, stop } = session;
  const queue = workQueue(session);
  const upload = checkpointUploads(session, work);
  const killsBefore = oomKills();
  let word: Message<'done' | 'failed'> | null = null;
  let heapFull = false;

  const handlers: Handlers = {
    note: ({ message }) => log.line(message),
    progress: ({ progress }) => {
      session.reached(progress.step);
      session.progress(progress);
    },
    metrics: ({ line }) => {
      session.reached(line.step);
      session.metrics().add(line);
    },
    checkpoint: (message) => queue.add(() => upload(message)),
    evaluated: ({ verdict, message }) => {
      queue.add(() => events.report({ type: 'evaluated', verdict, message }));
      log.line(`${verdict}: ${message}`);
    },
    done: (message) => {
      word = message;
    },
    failed: (message) => {
      word = message;
      log.line(`${message.code}: ${message.message}`);
    },
  };
  const handle = <T extends EngineMessage['type']>(message: Message<T>) => {
    (handlers[message.type] as Handlers[T])(message);
    if (message.type !== 'done' && message.type !== 'failed') say(message); // the last word is the supervisor's
  };

  const engine = startEngine({
    command: [...command, work],
    env: {
      ...ENGINE_ENV,
      ...env,
      NODE_OPTIONS: [env['NODE_OPTIONS'], heapOption()].filter(Boolean).join(' '),
    },
    onMessage: handle,
    onText: (line) => {
      heapFull ||= line.includes('JavaScript heap out of memory');
      log.line(line);
    },
  });
  trouble.signal.addEventListener('abort', engine.kill);
  if (trouble.signal.aborted) engine.kill();
  const settle = obeyStops(engine, session);
  const exit = await engine.exited.finally(settle);
  if (exit.signal) log.line(`The engine was ended by ${exit.signal}`);
  await queue.done();
  trouble.signal.throwIfAborted();
  const killsAfter = oomKills();
  const oom = killsBefore === null || killsAfter === null ? null : killsAfter > killsBefore;
  return endingOf({ ...exit, word, asked: stop.reason(), oom, heapFull });
};
