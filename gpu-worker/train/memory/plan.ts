/** How training is fitted into the machine's memory: tokens of one pass, and how many layers keep their products for the
 *  backward pass. Pure. Where memory is short smaller passes come first, since 128 tokens fill the cores nearly as well as
 *  512; then layers are computed again, which costs about a sixth of a step where all of them are. */
import type { Keep } from '../../autodiff/partition.ts';
import { AppError } from '../../../shared/errors.ts';
import { sum } from '../../../shared/sum.ts';
import type { RowsShape } from '../../models/graphs.ts';

/** Bytes of one layer in a pass. */
export type LayerCost = {
  /** lives from forward to backward */
  readonly kept: number;
  /** what the larger of its two sessions needs while it runs; all sessions share one malloc */
  readonly scratch: number;
};

export type MemoryFacts = {
  /** bytes that this machine or container has */
  readonly machine: number;
  readonly layers: number;
  /** bytes that do not depend on the rows */
  readonly fixed: { readonly weights: number; readonly trained: number; readonly head: number };
  readonly layer: (shape: RowsShape, keep: Keep) => LayerCost;
  /** bytes of the layers' inputs and of their gradients in a pass */
  readonly bound: (shape: RowsShape) => number;
  /** shapes that rows take in passes of so many tokens */
  readonly shapes: (tokens_per_pass: number) => readonly RowsShape[];
  /** settings that would need less, likeliest first: what to set, and the bytes that it would save */
  readonly remedies: readonly { readonly set: string; readonly saves: number }[];
};

export type MemoryPlan = {
  readonly tokens_per_pass: number;
  /** tokens of the largest pass that occurs, padding included */
  readonly largest: number;
  /** layers, from the first on, that keep nothing and are computed again */
  readonly recomputed: number;
  readonly bytes: Readonly<Record<'weights' | 'trained' | 'head' | 'kept' | 'sessions' | 'process', number>>;
  readonly total: number;
  /** so much less than the machine has that a step need not be tried out */
  readonly ample: boolean;
};

const PASSES = [512, 256, 128];
/** Where memory is ample: a short batch is one pass, which spares a twentieth of its step. */
const WIDE = 1024;
/** of the machine's memory: the rest is for the system, the supervisor, and what this estimate has missed */
const SHARE = 0.85;
/** of the machine's memory: what a plan may take and needs no proof, since it errs by a fifth at most */
const AMPLE = 0.5;
/** Node, the runtime, tokenizer, rows, and garbage that is not collected yet: some of it copies of weights on their way. */
const processBytes = (weights: number): number => 175e6 + 0.1 * weights;
/** Of one shape and kind of layer: graphs and kernels, and what malloc cannot use again of its scratch. */
const sessionBytes = (scratch: number): number => 3e6 + 0.9 * scratch;

const [KEPT, AGAIN]: [Keep, Keep] = ['products', 'none'];

const planFor = (facts: MemoryFacts, tokens_per_pass: number, recomputed: number): MemoryPlan => {
  const { layers, layer, bound, fixed } = facts;
  const shapes = facts.shapes(tokens_per_pass);
  const kinds = [...(recomputed < layers ? [KEPT] : []), ...(recomputed > 0 ? [AGAIN] : [])];
  const lives = (shape: RowsShape): number =>
    bound(shape) + (layers - recomputed) * layer(shape, KEPT).kept + recomputed * layer(shape, AGAIN).kept;
  const scratches = shapes.flatMap((shape) => kinds.map((keep) => layer(shape, keep).scratch));
  const bytes = {
    ...fixed,
    kept: Math.max(...shapes.map(lives)),
    sessions: Math.max(...scratches) + sum(scratches.map(sessionBytes)),
    process: processBytes(fixed.weights),
  };
  const total = sum(Object.values(bytes));
  const largest = Math.max(...shapes.map(({ b, t }) => b * t));
  return { tokens_per_pass, largest, recomputed, bytes, total, ample: total <= AMPLE * facts.machine };
};

/** The least number of layers to compute again, null where not even all of them make it fit. */
const leastRecomputed = (facts: MemoryFacts, tokens: number, most: number): MemoryPlan | null => {
  for (let recomputed = 0; recomputed <= facts.layers; recomputed++) {
    const plan = planFor(facts, tokens, recomputed);
    if (plan.total <= most) return plan;
  }
  return null;
};

const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 1)} GB`;

/** The longest rows, among the lengths that graphs are built for, that would fit alone. */
const fittingRow = (facts: MemoryFacts, longest: number, most: number): number | null => {
  for (let t = longest / 2; t >= 32; t /= 2) {
    const alone = { ...facts, shapes: () => [{ b: 1, t, packed: true }] };
    if (planFor(alone, t, facts.layers).total <= most) return Math.floor(t);
  }
  return null;
};

const refuse = (facts: MemoryFacts, least: MemoryPlan, most: number): never => {
  const longest = Math.max(...facts.shapes(PASSES.at(-1)!).map(({ t }) => t));
  const row = fittingRow(facts, longest, most);
  const over = least.total - most;
  const ways = [
    ...(row === null ? [] : [`training.max_length=${row}`]),
    ...facts.remedies.filter(({ saves }) => saves >= over).map(({ set }) => set),
  ];
  throw new AppError(
    'out_of_memory',
    `Training would take about ${gb(least.total)}, of ${gb(facts.machine)} that this machine has: ${said(least)}`,
    {
      hint:
        ways.length > 0
          ? `It would fit with ${ways.join(', or with ')}; or take a smaller base, or a machine with more memory`
          : 'Take a smaller base, or a machine with more memory',
    },
  );
};

const NAMES = {
  weights: 'weights',
  trained: 'trained values with gradients and optimizer',
  head: 'head',
  kept: 'what lives from forward to backward',
  sessions: 'sessions',
  process: 'the process itself',
} as const satisfies Record<keyof MemoryPlan['bytes'], string>;

const said = ({ bytes }: MemoryPlan): string =>
  (Object.keys(NAMES) as (keyof typeof NAMES)[])
    .filter((part) => bytes[part] >= 5e6)
    .map((part) => `${NAMES[part]} ${gb(bytes[part])}`)
    .join(', ');

/** Throws `out_of_memory` where nothing fits, with what would. */
export const planMemory = (facts: MemoryFacts): MemoryPlan => {
  const wide = planFor(facts, WIDE, 0);
  if (wide.ample) return wide;
  const most = facts.machine * SHARE;
  let best: MemoryPlan | null = null;
  for (const tokens of PASSES) {
    const plan = leastRecomputed(facts, tokens, most);
    if (plan && (!best || plan.recomputed < best.recomputed)) best = plan;
    if (best?.recomputed === 0) break;
  }
  return best ?? refuse(facts, planFor(facts, PASSES.at(-1)!, facts.layers), most);
};

export const keepOf =
  ({ recomputed }: MemoryPlan) =>
  (layer: number): Keep =>
    layer < recomputed ? AGAIN : KEPT;

/** The plan in sentences. */
export const explainMemory = (plan: MemoryPlan, { machine, layers }: MemoryFacts): string[] => {
  const { tokens_per_pass: tokens, recomputed, total } = plan;
  const passes =
    tokens < PASSES[0]! ? `passes are cut to ${tokens} tokens to fit` : `passes of up to ${tokens} tokens`;
  const again =
    recomputed > 0
      ? `${recomputed} of ${layers} layers are computed again in the backward pass, which takes time and saves memory`
      : 'every layer keeps its products for the backward pass';
  return [`memory: about ${gb(total)} of ${gb(machine)}: ${said(plan)}`, `memory: ${passes}; ${again}`];
};
