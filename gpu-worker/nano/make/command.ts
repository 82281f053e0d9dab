/** `make-nano`: the base that is shipped, from nothing but this folder: text, tokenizer, weights. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../../shared/package-root.ts';
import { openBase, writeHfFolder } from '../../weights/base.ts';
import { corpus } from './corpus.ts';
import { rowEncoder } from './encode.ts';
import { nanoConfig, writeUntrained } from './model.ts';
import { makeTokenizer } from './tokenizer.ts';
import { train } from './train.ts';

export type Making = {
  readonly seed: number;
  readonly rows: number;
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly rows_per_step: number;
  readonly learning_rate: number;
};

/** What is shipped was made so. */
export const SHIPPED: Making = {
  seed: 1,
  rows: 24_000,
  vocab_size: 1536,
  hidden_size: 128,
  num_hidden_layers: 4,
  rows_per_step: 16,
  learning_rate: 4e-3,
};
const ROWS_FOR_TOKENIZER = 20_000;

type Say = (message: object) => void;

/** Writes the folder `out`. The same settings make the same bytes. */
export const makeNano = async (out: string, making: Making, say: Say): Promise<void> => {
  const { seed, rows, hidden_size, num_hidden_layers } = making;
  const work = mkdtempSync(join(tmpdir(), 'nano-'));
  try {
    const files = makeTokenizer(corpus(seed, Math.min(rows, ROWS_FOR_TOKENIZER)), making.vocab_size);
    const vocab_size = Object.keys(files.tokenizer.model.vocab).length;
    const encode = rowEncoder(files);
    const tokens = Array.from(corpus(seed, rows), encode);
    say({
      type: 'note',
      message: `${rows} rows, ${tokens.reduce((n, { ids }) => n + ids.length, 0)} tokens`,
    });
    const untrained = join(work, 'untrained');
    writeUntrained(untrained, nanoConfig({ vocab_size, hidden_size, num_hidden_layers }), files, seed);
    const trained = await openBase(await train(untrained, work, { ...making, rows: tokens }, say));
    writeHfFolder(trained, out, 'F16');
    trained.close();
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

export const makeNanoCommand = async (argv: readonly string[], say: Say): Promise<number> => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      out: { type: 'string', default: join(packageRoot(), 'gpu-worker/nano') },
      rows: { type: 'string', default: String(SHIPPED.rows) },
      seed: { type: 'string', default: String(SHIPPED.seed) },
    },
  });
  await makeNano(values.out, { ...SHIPPED, rows: Number(values.rows), seed: Number(values.seed) }, say);
  return 0;
};
