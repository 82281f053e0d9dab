import { expect, test } from 'vitest';
import { endingOf, type EngineEnd } from '../../../gpu-worker/supervisor/ending.ts';

const end = (facts: Partial<EngineEnd>): EngineEnd => ({
  code: null,
  signal: null,
  word: null,
  asked: null,
  oom: false,
  heapFull: false,
  ...facts,
});
const done = { type: 'done', trained_tokens: 7, verdict: 'improved' } as const;
const failed = { type: 'failed', code: 'diverged', message: 'NaN', hint: null } as const;

test.each<[string, Partial<EngineEnd>, string]>([
  ['done and out', { code: 0, word: done }, 'succeeded'],
  ['done before a cancel came through', { code: 0, word: done, asked: 'cancel' }, 'succeeded'],
  ['done, yet a bad exit', { code: 1, word: done }, 'engine_failed'],
  ['out without a word', { code: 0 }, 'engine_failed'],
  ['stopped for a pause', { code: 75, asked: 'pause' }, 'paused'],
  ['stopped for a signal', { code: 75, asked: 'shutdown' }, 'stopped'],
  ['stopped for a cancel', { code: 75, asked: 'cancel' }, 'cancelled'],
  ['killed for a cancel', { signal: 'SIGKILL', asked: 'cancel' }, 'cancelled'],
  ['stopped though nobody asked', { code: 75 }, 'engine_failed'],
  ['killed while it was to pause', { signal: 'SIGKILL', asked: 'pause' }, 'stopped'],
  ['its own word', { code: 1, word: failed }, 'diverged'],
  ['killed by the kernel', { signal: 'SIGKILL', oom: true }, 'out_of_memory'],
  ['killed where nobody can tell why', { signal: 'SIGKILL', oom: null }, 'out_of_memory'],
  ['killed by a person', { signal: 'SIGKILL', oom: false }, 'stopped'],
  ['killed after it said why it fails', { signal: 'SIGKILL', word: failed }, 'diverged'],
  ['a full heap before it is killed', { signal: 'SIGKILL', heapFull: true }, 'out_of_memory'],
  ['a full heap', { signal: 'SIGABRT', heapFull: true }, 'out_of_memory'],
  ['a crash', { signal: 'SIGSEGV', oom: true }, 'engine_failed'],
])('%s', (_, facts, wanted) => {
  const ending = endingOf(end(facts));
  expect(ending.type === 'failed' ? ending.error.code : ending.type).toBe(wanted);
});
