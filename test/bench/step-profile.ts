/** `bench -- step --profile`, in a process of its own: where the time of a step goes, beside what plain products of the same
 *  sizes take. Prints one JSON object. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSessions, type Sessions } from '../../gpu-worker/runtime/session.ts';
import { openOurStep } from './our-step.ts';
import {
  CLASSES,
  type Cost,
  flopsOf,
  PHASES,
  type Product,
  readProfile,
  type StepProfile,
} from './profile.ts';
import { openSgemm } from './sgemm.ts';
import type { StepAsk } from './side.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The same sessions, and how long their runs take in all: kernels, and what the binding does around them. */
const timed = (sessions: Sessions) => {
  const clock = { ms: 0 };
  return {
    clock,
    sessions: {
      ...sessions,
      open: async (...given: Parameters<Sessions['open']>) => {
        const session = await sessions.open(...given);
        return {
          ...session,
          run: async (...values: Parameters<typeof session.run>) => {
            const start = performance.now();
            await session.run(...values);
            clock.ms += performance.now() - start;
          },
        };
      },
    },
  };
};

type Measured = {
  readonly layers: number;
  readonly step: number[];
  readonly runs: number[];
  readonly optimizer: number[];
};

const measure = async (ask: StepAsk, folder: string): Promise<Measured> => {
  const { sessions, clock } = timed(openSessions({ threads: ask.threads, profile: join(folder, 'session') }));
  const ours = await openOurStep(ask, sessions);
  const found: Measured = { layers: ours.layers, step: [], runs: [], optimizer: [] };
  for (let i = 0; i < ask.steps; i++) {
    clock.ms = 0;
    const { ms, optimizer_ms } = await ours.step();
    if (i === 0) continue;
    found.step.push(ms);
    found.runs.push(clock.ms);
    found.optimizer.push(optimizer_ms);
  }
  await sessions.release();
  await ours.close();
  return found;
};

/** Costs by phase, of one step. The first step is left out: so many runs of each phase's nodes. */
const costsOf = (folder: string, ask: StepAsk, layers: number) => {
  const runs = { forward: layers, backward: layers, head: Math.ceil((ask.tokens - 1) / 128) };
  return PHASES.map((phase, i) => {
    const file = readdirSync(folder).find((name) => name.startsWith(`session.${i}_`));
    return { phase, costs: file ? readProfile(join(folder, file), ask.rank, runs[phase]) : [] };
  });
};

/** Best rate of plain products of the step's sizes, weighted as the step has them. */
const sgemmRate = async (products: readonly Product[], threads: number): Promise<number> => {
  const sizes = new Map<string, { product: Product; count: number }>();
  for (const product of products) {
    const key = `${product.m} ${product.n} ${product.k}`;
    sizes.set(key, { product, count: (sizes.get(key)?.count ?? 0) + 1 });
  }
  const all = [...sizes.values()];
  const plain = await openSgemm(
    all.map(({ product }) => product),
    threads,
  );
  for (let i = 0; i < 10; i++) await plain.round();
  const ms = sum(plain.best().map((best, i) => best * all[i]!.count));
  await plain.close();
  return sum(products.map(flopsOf)) / ms / 1e6;
};

const ms = (costs: readonly Cost[]): number => sum(costs.map((cost) => cost.ms));
const flops = (costs: readonly Cost[]): number =>
  sum(costs.map(({ product }) => (product ? flopsOf(product) : 0)));

const mean = (values: readonly number[]): number => sum(values) / values.length;

const profileStep = async (ask: StepAsk): Promise<StepProfile> => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
  try {
    const times = await measure(ask, folder);
    const phases = costsOf(folder, ask, times.layers);
    const all = phases.flatMap(({ costs }) => costs);
    const steps = ask.steps - 1;
    const [step, runs, optimizer] = [mean(times.step), mean(times.runs), mean(times.optimizer)];
    const kernels = ms(all) / steps;
    const big = all.filter((cost) => cost.class === 'frozen products').map(({ product }) => product!);
    const rate = await sgemmRate(big, ask.threads);
    const products = all.filter(({ product }) => product);
    const share = (of: number) => of / step;
    return {
      step_ms: step,
      classes: Object.fromEntries(
        CLASSES.map((name) => {
          const ofPhase = (costs: readonly Cost[]) => ms(costs.filter((cost) => cost.class === name)) / steps;
          return [name, phases.map(({ costs }) => share(ofPhase(costs)))];
        }),
      ),
      around: {
        'binding, copies': share(runs - kernels),
        optimizer: share(optimizer),
        rest: share(step - runs - optimizer),
      },
      sgemm_gflops: rate,
      products_gflops: flops(products) / ms(products) / 1e6,
      step_gflops: flops(products) / steps / step / 1e6,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

process.stdout.write(JSON.stringify(await profileStep(JSON.parse(process.argv[2]!) as StepAsk)));
