/** The states of a run that are kept: the last one saved, to go back to, and the values of the best evaluation. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MetricsLine } from '../../../shared/contracts/spec.ts';
import { openSafetensors, writeSafetensors } from '../../weights/safetensors.ts';
import { linkFolder, loadCheckpoint, saveCheckpoint, type Trained } from './folder.ts';
import type { TrainState } from './state.ts';

export type Keeper = {
  /** A whole checkpoint, whose folder is returned; whoever takes it away may remove it. */
  save(state: TrainState): string;
  /** Continues from a checkpoint of an earlier attempt. */
  resume(folder: string): TrainState;
  /** Puts everything back to what was saved last, or else to the start. */
  goBack(): TrainState;
  keepBest(): void;
  /** Makes the values of the best evaluation the trained values; false where none were kept. */
  loadBest(): boolean;
};

export type KeeperOptions = {
  /** the engine's own folder */
  readonly out: string;
  readonly trained: Trained;
  /** the run's metrics: cut where it goes back */
  readonly curve: MetricsLine[];
  /** files that checkpoints take along */
  readonly files: readonly string[];
  /** gives the values that training starts with */
  readonly begin: () => TrainState;
};

export const openKeeper = ({ out, trained, curve, files, begin }: KeeperOptions): Keeper => {
  const { parameters, optimizer } = trained;
  const last = join(out, 'last');
  const best = join(out, 'best.safetensors');
  for (const left of [last, best]) rmSync(left, { recursive: true, force: true }); // an earlier attempt's
  const load = (folder: string): TrainState => {
    const loaded = loadCheckpoint(folder, trained, best);
    curve.splice(0, curve.length, ...loaded.curve);
    return loaded.state;
  };
  return {
    save: (state) => {
      const folder = join(out, 'checkpoint', String(state.step));
      saveCheckpoint(folder, trained, state, { curve, files: [...files, best] });
      linkFolder(folder, last);
      return folder;
    },
    resume: (folder) => {
      linkFolder(folder, last);
      return load(folder);
    },
    goBack: () => {
      if (existsSync(last)) return load(last);
      for (const array of Object.values(optimizer.arrays)) array.fill(0);
      optimizer.steps = 0;
      curve.length = 0;
      rmSync(best, { force: true });
      return begin();
    },
    keepBest: () => {
      const { values } = parameters;
      writeSafetensors(best, { values: { dtype: 'F32', shape: [values.length], data: values } });
    },
    loadBest: () => {
      if (!existsSync(best)) return false;
      const file = openSafetensors(best);
      try {
        file.readFloat32('values', parameters.values);
      } finally {
        file.close();
      }
      return true;
    },
  };
};
