/** A base with a method on it, or without: quality, forgetting, and the time of a generated token beside the base's. */
import { runArm } from '../../gpu-worker/evaluate/arm.ts';
import { predictionsOf } from '../../gpu-worker/evaluate/compare.ts';
import { heldOutRows } from '../../gpu-worker/evaluate/held-out.ts';
import { compileSchema } from '../../gpu-worker/evaluate/metrics/schema.ts';
import type { OpenModel } from '../../gpu-worker/runtime/open.ts';
import { layOut } from '../../gpu-worker/runtime/parameters.ts';
import { type LoadedAdapter, NO_ADAPTER } from '../../gpu-worker/runtime/read-tuned.ts';
import { take } from '../../gpu-worker/runtime/tensors.ts';
import { type Generator, openGenerator } from '../../gpu-worker/serve/generator.ts';
import type { Row } from '../../shared/contracts/row.ts';
import { encodeExamples } from '../../shared/text/examples.ts';
import type { Measured, Merged, MethodAsk, Pace } from './methods-ask.ts';

export const MAX_LENGTH = 256;
const TOKENS = 17; // of an answer that is timed
const ROUNDS = 3;

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]!;
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

const tunedOf = (open: OpenModel, { seams, tensors }: LoadedAdapter) => {
  const parameters = layOut(open.model, seams);
  take(parameters, tensors);
  return { seams, parameters };
};
type Tuned = ReturnType<typeof tunedOf>;

const heldOut = ({ tokenizer }: OpenModel, rows: readonly Row[]) => {
  const numbered = rows.map((row, line) => ({ row, line }));
  const tokens = numbered.flatMap(({ row, line }) =>
    encodeExamples(tokenizer, row, { objective: 'sft', maxLength: MAX_LENGTH, compared: false }).rows.map(
      ({ ids, weights }) => ({ ids, weights, line }),
    ),
  );
  return heldOutRows(numbered, tokens, { tokenizer, maxLength: MAX_LENGTH });
};

const lossOn = async (open: OpenModel, tuned: Tuned, rows: readonly Row[]): Promise<number> => {
  const found = await runArm(open, {
    tuned,
    rows: heldOut(open, rows),
    samples: 0,
    max_new_tokens: 1,
    max_length: MAX_LENGTH,
    onProgress: () => {},
  });
  return mean(found.rows.map(({ loss }) => loss));
};

/** Milliseconds between the tokens of an answer. */
const intervals = async (generator: Generator, prompt: Int32Array): Promise<number[]> => {
  const at: number[] = [];
  const onToken = () => void at.push(performance.now());
  await generator.generate([prompt], { max_new_tokens: TOKENS, stop: [], onToken });
  return at.slice(1).map((t, i) => t - at[i]!);
};

const quick = (ms: readonly number[]): number => ms.toSorted((a, b) => a - b)[Math.floor(ms.length / 10)]!;

/** In turns, so that both meet the machine in the same moods; the first turn warms up. What the machine does besides only
 *  ever adds, so the quick ones tell. */
const paceBeside = async (own: Generator, base: Generator, prompt: Int32Array): Promise<Pace> => {
  const all = { own: [] as number[], base: [] as number[] };
  for (let i = 0; i <= ROUNDS; i++) {
    const order = i % 2 ? (['own', 'base'] as const) : (['base', 'own'] as const);
    for (const side of order) {
      const found = await intervals(side === 'own' ? own : base, prompt);
      if (i > 0) all[side].push(...found);
    }
  }
  return { own: quick(all.own), base: quick(all.base) };
};

const scores = async (
  open: OpenModel,
  tuned: Tuned,
  ask: MethodAsk,
): Promise<Pick<Measured, 'loss' | 'metrics'>> => {
  const rows = heldOut(open, ask.held_out);
  const arm = await runArm(open, {
    tuned,
    rows,
    samples: ask.answers,
    max_new_tokens: ask.max_new_tokens,
    max_length: MAX_LENGTH,
    onProgress: () => {},
  });
  const found = predictionsOf(rows, { tuned: arm }, ask.schema && compileSchema(ask.schema));
  const names = new Set(found.flatMap(({ arms }) => Object.keys(arms.tuned!.scores)));
  const metrics = [...names].map((name) => {
    const counted = found.flatMap(({ arms }) => arms.tuned!.scores[name] ?? []);
    return [name, mean(counted)] as const;
  });
  return { loss: mean(arm.rows.map(({ loss }) => loss)), metrics: Object.fromEntries(metrics) };
};

const promptOf = ({ tokenizer }: OpenModel, ask: MethodAsk): Int32Array =>
  tokenizer.encode(ask.general.join(' ')).slice(0, 64);

const generatorOf = (open: OpenModel, tuned: Tuned): Generator => openGenerator({ ...open, ...tuned });

export const measure = async (open: OpenModel, adapter: LoadedAdapter, ask: MethodAsk): Promise<Measured> => {
  const tuned = tunedOf(open, adapter);
  const texts = ask.general.map((text): Row => ({ kind: 'text', text }));
  const none = tunedOf(open, NO_ADAPTER);
  const [own, base] = [generatorOf(open, tuned), generatorOf(open, none)];
  return {
    context_tokens: adapter.seams.virtual?.count ?? 0,
    ...(await scores(open, tuned, ask)),
    general: { own: await lossOn(open, tuned, texts), base: await lossOn(open, none, texts) },
    pace: await paceBeside(own, base, promptOf(open, ask)),
  };
};

/** W + s·B·A in place: what sessions are fed are views of the weights. */
const mergeInto = ({ weights }: OpenModel, { tensors, method }: LoadedAdapter): void => {
  if (method?.type !== 'lora') throw new TypeError('only LoRA is merged here');
  for (const [name, a] of tensors) {
    const path = /^base_model\.model\.(.*)\.lora_A\.weight$/.exec(name)?.[1];
    if (path === undefined) continue;
    const b = tensors.get(`base_model.model.${path}.lora_B.weight`)!;
    const [r, width] = a.shape as [number, number];
    const scale = method.lora_alpha / r;
    const weight = weights.data(`${path}.weight`);
    for (let i = 0; i < b.shape[0]!; i++)
      for (let k = 0; k < r; k++) {
        const share = scale * b.data[i * r + k]!;
        for (let j = 0; j < width; j++) weight[i * width + j]! += share * a.data[k * width + j]!;
      }
  }
};

/** The same adapter merged into the weights of `open`, which is the tuned model from then on; beside it unmerged on `plain`. */
export const measureMerged = async (
  open: OpenModel,
  plain: OpenModel,
  adapter: LoadedAdapter,
  ask: MethodAsk,
): Promise<Merged> => {
  const none = tunedOf(open, NO_ADAPTER);
  await lossOn(open, none, ask.held_out); // opens the base's graphs
  const before = open.sessions.count();
  mergeInto(open, adapter);
  const loss = await lossOn(open, none, ask.held_out);
  const new_graphs = open.sessions.count() - before;
  const [own, base] = [generatorOf(open, none), generatorOf(plain, tunedOf(plain, NO_ADAPTER))];
  return { loss, new_graphs, pace: await paceBeside(own, base, promptOf(open, ask)) };
};
