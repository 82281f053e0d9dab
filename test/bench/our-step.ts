/** The step that `bench -- step` measures, on our engine. */
import { seamsOf } from '../../gpu-worker/adapters/index.ts';
import { openModel } from '../../gpu-worker/runtime/open.ts';
import { initialise } from '../../gpu-worker/runtime/initialise.ts';
import type { Sessions } from '../../gpu-worker/runtime/session.ts';
import { layRows } from '../../gpu-worker/train/batch.ts';
import { openTrainer } from '../../gpu-worker/train/trainer.ts';
import { methodOf } from '../helpers/method.ts';
import type { StepAsk } from './side.ts';

export type OurStep = {
  readonly trained: number;
  readonly layers: number;
  /** one optimizer step; ms of it and of its optimizer, and the loss before it */
  step(): Promise<{ readonly ms: number; readonly optimizer_ms: number; readonly loss: number }>;
  close(): Promise<void>;
};

export const openOurStep = async (ask: StepAsk, given: Sessions | null = null): Promise<OurStep> => {
  const open = await openModel(ask.base, ask.threads);
  const sessions = given ?? open.sessions;
  const seams = seamsOf(methodOf({ type: 'lora', r: ask.rank, lora_alpha: ask.alpha }), open.model);
  const trainer = openTrainer({ ...open, sessions, seams, keep: () => ask.keep });
  initialise(trainer.parameters, 0, open.weights);
  const ids = Int32Array.from({ length: ask.tokens }, (_, i) => (i * 7919) % open.model.vocab_size);
  const weights = new Float32Array(ask.tokens).fill(1, 1);
  const batch = layRows([[{ row: { ids, weights, line: 1 }, index: 0 }]], ask.tokens);
  return {
    trained: trainer.parameters.values.length,
    layers: open.model.num_hidden_layers,
    step: async () => {
      const start = performance.now();
      const { loss } = await trainer.learn([batch]);
      const learnt = performance.now();
      trainer.update({ lr: 1e-4, weight_decay: 0.01, clip: 1 });
      const end = performance.now();
      return { ms: end - start, optimizer_ms: end - learnt, loss };
    },
    close: open.close,
  };
};
