/** A thread that examines batches, one after another. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { buffersOf, examineBatch, type Batch } from '../../shared/dataset/batch.ts';
import { letGo } from '../../shared/let-go.ts';

const { data, secret } = workerData as { data: Recipe['data']; secret: string };

parentPort!.on('message', (batch: Batch) => {
  const examined = examineBatch(batch, data, secret);
  parentPort!.postMessage(examined, buffersOf(examined));
  if ('lines' in batch) letGo([batch.lines.buffer as ArrayBuffer]);
});
