/** Our side of `bench -- step`: the same work as `test/python/bench_step.py`, in a process of its own. */
import { readFileSync } from 'node:fs';
import { seamsOf } from '../../gpu-worker/adapters/index.ts';
import { openModel } from '../../gpu-worker/runtime/open.ts';
import { initialise } from '../../gpu-worker/runtime/initialise.ts';
import { layRows } from '../../gpu-worker/train/batch.ts';
import { openTrainer } from '../../gpu-worker/train/trainer.ts';
import { methodOf } from '../helpers/method.ts';
import type { StepAsk } from './side.ts';

const print = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

const peakRssMb = (): number =>
  (Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024) / 1e6;

const ask = JSON.parse(process.argv[2]!) as StepAsk;
const open = await openModel(ask.base, ask.threads);
const seams = seamsOf(methodOf({ type: 'lora', r: ask.rank, lora_alpha: ask.alpha }), open.model);
const trainer = openTrainer({ ...open, seams, keep: () => (ask.recompute ? 'none' : 'scores') });
initialise(trainer.parameters, 0, open.weights);

const ids = Int32Array.from({ length: ask.tokens }, (_, i) => (i * 7919) % open.model.vocab_size);
const weights = new Float32Array(ask.tokens).fill(1, 1);
const batch = layRows([[{ row: { ids, weights, line: 1 }, index: 0 }]], ask.tokens);

for (let i = 0; i < ask.steps; i++) {
  const start = performance.now();
  const { loss } = await trainer.learn([batch]);
  trainer.update({ lr: 1e-4, weight_decay: 0.01, clip: 1 });
  print({ ms: performance.now() - start, loss });
}
print({ peak_rss_mb: peakRssMb(), trained: trainer.parameters.values.length });
await open.close();
