/** What a finished run leaves behind: adapter, report, and the manifest over all of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runKeys } from '../../shared/keys.ts';
import { AppError } from '../../shared/errors.ts';
import { readTuned } from '../weights/peft.ts';
import {
  downloadFolder,
  manifestBytes,
  uploadBytes,
  uploadFile,
  uploadFolder,
  type FileEntries,
} from './files.ts';
import type { Store } from './store.ts';

/** Files beside the adapter folder, under the names that the engine gives them; an evaluation that is off leaves none. */
const BESIDE = {
  'report.json': runKeys.report,
  'report.html': runKeys.reportPage,
  'predictions.jsonl': runKeys.predictions,
} as const;

/** Reads what was trained back. Throws `engine_failed` where there are no values, `diverged` where they are no numbers. */
const checkAdapter = (folder: string): void => {
  const tensors = readTuned(folder);
  if (tensors.size === 0) throw new AppError('engine_failed', 'The adapter holds no tensor');
  for (const [name, { data }] of tensors) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      throw new AppError('diverged', `${name} of the adapter has the value ${data[at]} at ${at}`, {
        hint: 'Lower training.learning_rate',
      });
  }
};

type Publish = {
  /** the engine's `out` folder */
  readonly out: string;
  readonly work: string;
  readonly prefix: string;
  readonly metrics: Uint8Array;
};

/** Puts everything, fetches the adapter back and checks it, and puts `manifest.json` last. Returns the adapter's prefix.
 *  Files that are already put keep being there when it throws: without a manifest they are no result. */
export const publish = async (store: Store, { out, work, prefix, metrics }: Publish): Promise<string> => {
  const adapter = runKeys.adapter(prefix);
  const adapterFiles = await uploadFolder(store, adapter, join(out, 'adapter'));
  const back = join(work, 'load-back');
  await downloadFolder(store, adapter, { version: 1, files: adapterFiles }, back);
  checkAdapter(back);

  const files: FileEntries = {};
  for (const [file, entry] of Object.entries(adapterFiles)) files[`adapter/${file}`] = entry;
  for (const [file, keyOf] of Object.entries(BESIDE))
    if (existsSync(join(out, file))) files[file] = await uploadFile(store, keyOf(prefix), join(out, file));
  files['metrics.jsonl'] = await uploadBytes(store, runKeys.metrics(prefix), metrics);
  await store.put(runKeys.manifest(prefix), () => manifestBytes(files));
  return adapter;
};
