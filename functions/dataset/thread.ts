/** A thread that examines batches, one after another. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { examineBatch, type Batch } from '../../shared/dataset/batch.ts';

const { data, secret } = workerData as { data: Recipe['data']; secret: string };

parentPort!.on('message', (batch: Batch) => {
  const examined = examineBatch(batch, data, secret);
  const arrays = [examined.json, ...Object.values(examined.columns), ...Object.values(examined.traces)];
  parentPort!.postMessage(
    examined,
    arrays.map(({ buffer }) => buffer),
  );
});
