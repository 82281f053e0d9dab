/** A thread that examines batches, one after another. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Recipe } from '../../shared/contracts/recipe.ts';
import { examineBatch, type Batch } from '../../shared/dataset/batch.ts';

parentPort!.on('message', (batch: Batch) => {
  const examined = examineBatch(batch, workerData as Recipe['data']);
  const arrays = [examined.json, ...Object.values(examined.columns), ...Object.values(examined.traces)];
  parentPort!.postMessage(
    examined,
    arrays.map(({ buffer }) => buffer),
  );
});
