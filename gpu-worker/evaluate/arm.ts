/** One model on the held-out rows: the loss of every reference answer, and its own greedy answers. */
import type { TokenRow } from '../../shared/text/shards.ts';
import type { Seams } from '../nn/seams.ts';
import type { OpenModel } from '../runtime/open.ts';
import { layOut, type Parameters } from '../runtime/parameters.ts';
import { openGenerator } from '../serve/generator.ts';
import { layOf } from '../train/batch.ts';
import { openHead } from '../train/head.ts';
import { openStack } from '../train/stack.ts';
import type { Layout } from '../train/packing.ts';
import { planPasses } from '../train/steps.ts';
import type { Trainer } from '../train/trainer.ts';
import { ANSWERS_AT_ONCE, askedIndices } from './asked.ts';
import type { HeldOutRow } from './held-out.ts';

/** What a model did on one row: mean nll of the trained tokens in nats; `answer` null where none was asked for. */
export type RowOutcome = {
  readonly loss: number;
  /** the same of the other answer of a pair */
  readonly rejected?: number;
  readonly answer: string | null;
  readonly stopped: boolean;
};

export type ArmOutcome = {
  readonly rows: readonly RowOutcome[];
  readonly seconds: number;
  readonly tokens: number;
};

/** Mean loss of each row, nats: Σ w·nll / Σ w over its targets; NaN for a row without targets. */
export const rowLosses = async (
  nll: Trainer['nll'],
  rows: readonly TokenRow[],
  layout: Layout = {},
): Promise<Float64Array> => {
  const [sums, weights] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  for (const batch of planPasses(rows, TOKENS_PER_PASS, layout)) {
    const { row, weight } = batch.targets;
    for (const [i, x] of (await nll(batch)).entries()) {
      sums[row[i]!]! += weight[i]! * x;
      weights[row[i]!]! += weight[i]!;
    }
  }
  return sums.map((sum, i) => sum / weights[i]!);
};

/** Padded tokens of one pass. */
const TOKENS_PER_PASS = 512;

/** A model with an adapter on it, or without. */
export type Tuned = { readonly seams: Seams; readonly parameters: Parameters };

export type ArmOptions = {
  /** null: the base alone */
  readonly tuned: Tuned | null;
  readonly rows: readonly HeldOutRow[];
  /** how many of the rows are answered by generation, spread evenly over them */
  readonly samples: number;
  readonly max_new_tokens: number;
  /** tokens; rows with a longer prompt are not asked: of them the loss alone is taken */
  readonly max_length: number;
  /** rows answered so far; an exception from here stops the work */
  readonly onProgress: (answered: number, of: number) => void;
};

export const runArm = async (open: OpenModel, options: ArmOptions): Promise<ArmOutcome> => {
  const { rows, onProgress } = options;
  const { tokenizer } = open;
  const { seams, parameters } = options.tuned ?? { seams: {}, parameters: layOut(open.model, {}) };
  const stack = openStack({ ...open, seams, parameters, keep: () => 'none' });
  const head = openHead({ ...open, seams, parameters });
  const generator = openGenerator({ ...open, seams, parameters });
  const began = performance.now();
  const asked = askedIndices(rows, options.samples, options.max_length);
  onProgress(0, asked.length);
  const losses = await rowLosses(
    async (batch) => head.loss(await stack.forward(batch, false), batch.targets),
    rows.flatMap(({ tokens, rejected }) => (rejected ? [tokens, rejected] : [tokens])),
    { lay: layOf(seams) },
  );
  let read = 0;
  const nll = rows.map(({ rejected }) => ({
    loss: losses[read++]!,
    ...(rejected && { rejected: losses[read++]! }),
  }));
  const answers = new Map<number, { text: string; stopped: boolean }>();
  let tokens = 0;
  for (let at = 0; at < asked.length; at += ANSWERS_AT_ONCE) {
    const group = asked.slice(at, at + ANSWERS_AT_ONCE);
    const got = await generator.generate(
      group.map((i) => rows[i]!.promptIds),
      { max_new_tokens: options.max_new_tokens, stop: tokenizer.eosIds },
    );
    for (const [j, { tokens: ids, stopped }] of got.entries()) {
      tokens += ids.length;
      answers.set(group[j]!, { text: tokenizer.decode(ids, { skipSpecial: true }), stopped });
    }
    onProgress(Math.min(asked.length, at + ANSWERS_AT_ONCE), asked.length);
  }
  return {
    rows: rows.map((_, i) => ({
      ...nll[i]!,
      answer: answers.get(i)?.text ?? null,
      stopped: answers.get(i)?.stopped ?? true,
    })),
    seconds: (performance.now() - began) / 1000,
    tokens,
  };
};
