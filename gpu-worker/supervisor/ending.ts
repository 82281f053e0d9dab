/** What an attempt came to, from how its engine ended: pure. */
import type { Failure, Verdict } from '../../shared/contracts/event.ts';
import type { EngineMessage } from '../engines/contract.ts';
import { EXIT } from '../engines/contract.ts';
import type { StopReason } from './stop.ts';

export type Trouble = Pick<Failure, 'code' | 'message' | 'hint'>;
export type Ending =
  | { readonly type: 'succeeded'; readonly trained_tokens: number; readonly verdict: Verdict }
  /** by the service's wish, resumable */
  | { readonly type: 'paused' }
  | { readonly type: 'cancelled' }
  /** by a signal to this process or to its engine: no last event, so that the service finds the attempt lost and
   *  starts another */
  | { readonly type: 'stopped' }
  | { readonly type: 'failed'; readonly error: Trouble };

export const STOPPED = {
  pause: { type: 'paused' },
  cancel: { type: 'cancelled' },
  shutdown: { type: 'stopped' },
} as const satisfies Record<StopReason, Ending>;

export type EngineEnd = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** its last word, where it had one */
  readonly word: Extract<EngineMessage, { type: 'done' | 'failed' }> | null;
  readonly asked: StopReason | null;
  /** the system says that it has killed a process for memory meanwhile; null where it cannot be asked */
  readonly oom: boolean | null;
  /** V8 has said that its heap is full */
  readonly heapFull: boolean;
};

const OUT_OF_MEMORY: Trouble = {
  code: 'out_of_memory',
  message: 'The engine was killed because the memory ran out',
  hint: 'Lower training.batch_size or training.max_length, choose a smaller base, or take a machine with more memory',
};

const engineFailed = (how: string): Trouble => ({
  code: 'engine_failed',
  message: `The engine ended ${how} before its work was done`,
  hint: 'The last lines of the log say what it was doing',
});

const deathOf = ({ code, signal, heapFull }: EngineEnd): Trouble => {
  if (heapFull || signal === 'SIGKILL') return OUT_OF_MEMORY;
  return engineFailed(signal ? `by ${signal}` : `with exit code ${code}`);
};

export const endingOf = (end: EngineEnd): Ending => {
  const { code, signal, word, asked, oom, heapFull } = end;
  if (word?.type === 'done' && code === EXIT.done)
    return { type: 'succeeded', trained_tokens: word.trained_tokens, verdict: word.verdict };
  if (asked === 'cancel') return STOPPED.cancel; // however it went down
  if (asked && code === EXIT.resumable) return STOPPED[asked];
  if (word?.type === 'failed')
    return { type: 'failed', error: { code: word.code, message: word.message, hint: word.hint } };
  // not for memory: somebody killed it, as they would kill a machine, and the last checkpoint is good
  if (signal === 'SIGKILL' && oom === false && !heapFull) return STOPPED.shutdown;
  return { type: 'failed', error: deathOf(end) };
};
