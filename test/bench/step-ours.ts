/** Our side of `bench -- step`: the same work as `test/python/bench_step.py`, in a process of its own. */
import { readFileSync } from 'node:fs';
import { openOurStep } from './our-step.ts';
import type { StepAsk } from './side.ts';

const print = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

const peakRssMb = (): number =>
  (Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024) / 1e6;

const ask = JSON.parse(process.argv[2]!) as StepAsk;
const { step, trained, close } = await openOurStep(ask);
for (let i = 0; i < ask.steps; i++) {
  const { ms, loss } = await step();
  print({ ms, loss });
}
print({ peak_rss_mb: peakRssMb(), trained });
await close();
