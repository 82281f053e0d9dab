/** The control plane on real storage and a real database; its workers are paper: they write the files a worker writes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Deps } from '../../functions/deps.ts';
import type { MachineState } from '../../functions/launchers/launcher.ts';
import { ingest } from '../../functions/ingest.ts';
import { drain } from '../../functions/messages.ts';
import { readActiveRuns } from '../../functions/on-run-event.ts';
import type { JobEvent } from '../../shared/contracts/event.ts';
import { Spec } from '../../shared/contracts/spec.ts';
import { jsonBytes, parseJson } from '../../shared/json.ts';
import { keys, runKeys } from '../../shared/keys.ts';
import type { Storage } from '../../shared/storage/driver.ts';
import { fsStorage } from '../../shared/storage/fs.ts';
import { parseObjectUri } from '../../shared/storage/index.ts';
import { temporary, testDb } from './database.ts';
import { eventsOf } from './jobs.ts';

export type Story = readonly (JobEvent['type'] | 'heartbeat')[];
export const WHOLE: Story = ['heartbeat', 'started', 'progressed', 'checkpointed', 'evaluated', 'succeeded'];

/** Lives through a story at once, and is gone. */
export const paperWorker = async (storage: Storage, specKey: string, story: Story): Promise<void> => {
  const { job, attempt, prefix } = Spec.parse(parseJson((await storage.read(specKey))!));
  const events = eventsOf({ id: job, attempt });
  let n = 0;
  for (const step of story)
    if (step === 'heartbeat')
      await storage.write(runKeys.heartbeat(prefix), jsonBytes({ seq: 1, step: 0, at_ms: 0 }));
    else {
      n += 1;
      const id = `${job}.${attempt}.${n}`;
      await storage.write(runKeys.event(prefix, n), jsonBytes({ ...events[step], id }));
    }
  if (!story.includes('succeeded')) return;
  await storage.write(`${prefix}adapter/adapter_config.json`, jsonBytes({ peft_type: 'LORA' }));
  await storage.write(`${prefix}adapter/adapter_model.safetensors`, new Uint8Array(8));
  await storage.write(runKeys.reportPage(prefix), Buffer.from('<!doctype html>'));
};

export type Bench = {
  readonly deps: Deps;
  readonly root: string;
  readonly clock: { ms: number };
  /** spec keys, in the order of the launches */
  readonly launched: string[];
  readonly cancelled: string[];
  readonly logged: string[];
  /** what machines are, by name; `gone` where nothing is said */
  readonly machines: Map<string, MachineState>;
};

/** What the machines of the `paper` launcher cost: a dollar a minute. */
const PRICES: Deps['prices'] = [
  {
    launcher: 'paper',
    name: 'a machine of paper',
    device: 'cpu',
    gflops: 100,
    gflops_source: 'assumed: for tests',
    memory_gb: null,
    watts: 10,
    usd_per_hour: 60,
    date: '2026-01-01',
    source: 'for tests',
  },
];

/** Each launch lives through the next story, the last one again and again. */
export const bench = async (
  stories: readonly (Story | Error | 'later')[] = [WHOLE],
  concurrency = 4,
): Promise<Bench> => {
  const root = temporary('store');
  const storage = fsStorage({ root });
  const clock = { ms: 1_000_000 };
  const launched: string[] = [];
  const cancelled: string[] = [];
  const logged: string[] = [];
  const machines = new Map<string, MachineState>();
  const deps: Deps = {
    db: await testDb(),
    storage,
    launcher: {
      name: 'paper',
      instance_type: null,
      concurrency,
      poll_ms: 1000,
      async launch({ specUri }) {
        const { key } = parseObjectUri(specUri, storage.uri);
        const story = stories[Math.min(launched.length, stories.length - 1)]!;
        const machine = `paper-${launched.push(key)}`;
        if (story instanceof Error) throw story;
        if (story === 'later') return { kind: 'later', reason: 'every machine is taken' };
        await paperWorker(storage, key, story);
        return { kind: 'launched', machine };
      },
      state: async (machine) => machines.get(machine) ?? 'gone',
      cancel: async (machine) => void cancelled.push(machine),
      logs: async (machine) => ({ text: `the words of ${machine}`, where: `${machine}.log` }),
    },
    now: () => clock.ms,
    fetch: globalThis.fetch,
    prices: PRICES,
    settings: { webhook_secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', webhook_url: null },
    log: (level, message) => void logged.push(`${level}: ${message}`),
  };
  return { deps, root, clock, launched, cancelled, logged, machines };
};

/** Works until nothing is due. */
export const settle = async (deps: Deps): Promise<void> => {
  do while ((await drain(deps)) > 0);
  while ((await readActiveRuns(deps)) > 0);
};

/** Puts a file into the inbox as people do, and says its event. */
export const put = ({ root, deps }: Bench, path: string, content: string | Uint8Array) => {
  const key = keys.inbox('acme', path);
  const file = join(root, key);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return { store: deps.storage.uri, key };
};

/** Rows that pass every check. */
export const faq = (n = 40, word = 'tea'): string =>
  Array.from({ length: n }, (_, i) =>
    JSON.stringify({
      messages: [
        { role: 'user', content: `How much is ${word} number ${i} of the ${i * 7}th list?` },
        { role: 'assistant', content: `It is ${i * 3} crowns and ${i} hellers.` },
      ],
    }),
  ).join('\n');

export const readJson = async (storage: Storage, key: string): Promise<Record<string, unknown> | null> => {
  const bytes = await storage.read(key);
  return bytes && (parseJson(bytes) as Record<string, unknown>);
};

/** The job that a file in the inbox begins. */
export const drop = async (b: Bench, path = 'faq.jsonl', content = faq()): Promise<string> => {
  const outcome = await ingest(b.deps, put(b, path, content));
  if (outcome.kind !== 'job') throw new Error(JSON.stringify(outcome));
  return outcome.job.id;
};
