/** `estimate SPEC_URI [--probe]`: prepares a run as a worker would, and says what it would take. Nothing is claimed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { AppError } from '../shared/errors.ts';
import { openStorage, parseObjectUri } from '../shared/storage/index.ts';
import { onDisk } from './engines/contract.ts';
import { estimateJob } from './engines/estimate.ts';
import { openJob } from './engines/job.ts';
import { readSpec } from './run.ts';
import { locate } from './supervisor/locate.ts';
import { prepare } from './supervisor/prepare.ts';
import { patientStore } from './supervisor/store.ts';
import { TIMING } from './supervisor/timing.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Prints notes, and `{"type":"work","work":…}`. */
export const estimateCommand = async (
  argv: readonly string[],
  env: Environment,
  say: (message: object) => void,
): Promise<number> => {
  const began_ms = Date.now() - performance.now(); // the start of the process counts
  const uri = argv.find((arg) => !arg.startsWith('--'));
  if (uri === undefined)
    throw new AppError('invalid_request', 'Of which run? Give the URI of its spec.json: estimate SPEC_URI');
  const asked = env['DROPTUNE_STORAGE'];
  const { store, key } = parseObjectUri(uri, asked === undefined ? asked : openStorage(asked).uri);
  const own = openStorage(store);
  const spec = await readSpec(own, key);
  const note = (message: string) => say({ type: 'note', message });
  const find = (at: string) => {
    const { storage, key: path } = locate(own, at);
    return { store: patientStore(storage, { timing: TIMING, say: note }), key: path };
  };
  const work = await mkdtemp(join(tmpdir(), 'droptune-estimate-'));
  try {
    const plan = await prepare({
      spec,
      work,
      home: resolve(env['DROPTUNE_HOME'] ?? '.droptune'),
      env,
      dataset: find(spec.dataset.uri),
      find,
      resume_from: null,
      started_ms: Date.now(),
      note,
      signal: new AbortController().signal,
    });
    const io = { emit: say, stopAsked: () => null };
    const job = await openJob(onDisk(plan, work), io);
    try {
      const found = await estimateJob(job, { began_ms, probe: argv.includes('--probe') });
      say({ type: 'work', work: found });
      return 0;
    } finally {
      await job.open.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};
