/** `npm run bench -- NAME`: a benchmark beside its peer in one run. What it found is the JSON at the end, on stdout. */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { ENGINE_ENV } from '../../gpu-worker/engines/index.ts';

type Bench = {
  readonly summary: string;
  /** trains in its own process, which is to have an engine's memory settings */
  readonly engine?: true;
  load(): Promise<(argv: readonly string[]) => Promise<object>>;
};

const BENCHES: Readonly<Record<string, Bench>> = {
  bits: {
    summary:
      'a frozen base in 8 or 4 bits beside float32: gradient cosine, memory, speed; --train: held-out loss',
    engine: true,
    load: async () => (await import('./bits.ts')).benchBits,
  },
  step: {
    summary: 'tokens/s and memory of a LoRA step, beside PyTorch and PEFT (makes a Python environment)',
    load: async () => (await import('./step.ts')).benchStep,
  },
  epoch: {
    summary: "rows/s and memory of the whole command `train`, beside TRL's SFTTrainer (the same environment)",
    load: async () => (await import('./epoch.ts')).benchEpoch,
  },
  cold: {
    summary:
      'bytes of the bundles, first answer of a new function, first step of a new worker; --only api|worker (PostgreSQL; Python)',
    load: async () => (await import('./cold.ts')).benchCold,
  },
  stream: {
    summary: 'memory and MB/s while an object of 5 GB goes through every storage driver, in and out; --gb N',
    load: async () => (await import('./stream.ts')).benchStream,
  },
  scale: {
    summary: 'speed and memory as models grow, on random ones; --long: one row of 8192 tokens beside PyTorch',
    load: async () => (await import('./scale.ts')).benchScale,
  },
  check: {
    summary: "MB/s and memory of `check` on 1 GB of chats, beside Together's client checker; --mb SIZE",
    load: async () => (await import('./check.ts')).benchCheck,
  },
  checks: {
    summary:
      'recall and precision of every check on planted defects and near misses, MB/s; FILE…: what is said of them',
    load: async () => (await import('./checks.ts')).benchChecks,
  },
  privacy: {
    summary:
      'speed of the look for personal data; --data FOLDER: recall and precision on test vectors; --peers: presidio, gitleaks',
    load: async () => (await import('./privacy.ts')).benchPrivacy,
  },
  estimate: {
    summary: 'what `estimate --probe` foretells beside what `train` then takes, on eight jobs',
    load: async () => (await import('./estimate.ts')).benchEstimate,
  },
  plan: {
    summary: "held-out loss of what `auto` chooses beside LLaMA-Factory's defaults; --data FILE, --base ID",
    load: async () => (await import('./plan.ts')).benchPlan,
  },
  methods: {
    summary: 'what every method costs and gains on one demonstration task',
    load: async () => (await import('./methods.ts')).benchMethods,
  },
  shapes: {
    summary: 'files of other people, each with the shape and the verdict known beforehand; --data FOLDER',
    load: async () => (await import('./shapes.ts')).benchShapes,
  },
  fuzz: {
    summary: 'changed files through the front door: crashes, hangs, rows unaccounted for; --cases N (20,000)',
    load: async () => (await import('./fuzz.ts')).benchFuzz,
  },
};

const [name = '', ...argv] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench?.engine && Object.keys(ENGINE_ENV).some((key) => !(key in process.env))) {
  const env = { ...ENGINE_ENV, ...process.env };
  process.exitCode =
    spawnSync(process.execPath, process.argv.slice(1), { env, stdio: 'inherit' }).status ?? 1;
} else if (bench) {
  const found = await (await bench.load())(argv);
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
  process.stdout.write(`${JSON.stringify({ bench: name, machine, ...found }, null, 2)}\n`);
} else {
  const rows = Object.entries(BENCHES).map(([key, { summary }]) => `  ${key.padEnd(8)} ${summary}`);
  process.stderr.write(`Which benchmark? npm run bench -- NAME [options]\n${rows.join('\n')}\n`);
  process.exitCode = 2;
}
