/** Batches examined in worker threads. A small dataset is done before a thread has started, so the first are not. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import type { Batch, ExaminedBatch } from '../../shared/dataset/batch.ts';
import { examinerHere, type Examiner } from '../../shared/dataset/in-order.ts';
import { freshSecret } from '../../shared/dataset/privacy/draw.ts';
import { AppError } from '../../shared/errors.ts';
import { packageRoot } from '../../shared/package-root.ts';

const HERE = 4; // batches, about 512 KiB each
const AHEAD = 2; // batches that are examined here while the threads start
const QUEUE = 2; // batches a thread has before it: it never waits for the next

type Asked = {
  resolve(examined: ExaminedBatch): void;
  reject(cause: unknown): void;
};
/** Answers come in the order of the questions. */
type Thread = { readonly worker: Worker; readonly asked: Asked[] };

const program = (): string => {
  const path = join(packageRoot(), 'dist/functions/dataset/thread.js');
  if (existsSync(path)) return path;
  throw new AppError('internal', `${path} is missing`, { hint: 'Build it: npm run build' });
};

const start = (data: Recipe['data'], secret: string): Thread => {
  const worker = new Worker(program(), {
    workerData: { data, secret },
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 1024 },
  });
  const asked: Asked[] = [];
  const fail = (cause: unknown): void => {
    for (const { reject } of asked.splice(0)) reject(cause);
  };
  worker.on('message', (examined: ExaminedBatch) => asked.shift()?.resolve(examined));
  worker.on('error', fail);
  worker.on('exit', () => fail(new AppError('internal', 'A thread that examined rows ended early')));
  return { worker, asked };
};

/** `threads` may be 0: then all is done here. Of so many batches as are examined `here` in any case there may be none: then
 *  threads start at once. */
export const examinerInThreads = (
  data: Recipe['data'],
  threads: number,
  here = HERE,
  secret = freshSecret(),
): Examiner => {
  const own = examinerHere(data, secret);
  const started: Thread[] = [];
  const startAll = (): void => {
    while (started.length < threads) started.push(start(data, secret));
  };
  if (here === 0) startAll();
  let seen = 0;
  const ask = (batch: Batch): Promise<ExaminedBatch> => {
    const { worker, asked } = started.reduce((a, b) => (b.asked.length < a.asked.length ? b : a));
    return new Promise((resolve, reject) => {
      asked.push({ resolve, reject });
      worker.postMessage(batch, 'lines' in batch ? [batch.lines.buffer as ArrayBuffer] : []);
    });
  };
  return {
    lanes: threads * QUEUE,
    examine(batch) {
      seen += 1;
      if (seen > here - AHEAD) startAll();
      return threads === 0 || seen <= here ? own.examine(batch) : ask(batch);
    },
    async close() {
      await Promise.all(started.splice(0).map(({ worker }) => worker.terminate()));
    },
  };
};
