/** One model with one method on it: loss, gradients, and an optimizer step. The loop above it decides what and when. */
import type { Keep } from '../autodiff/partition.ts';
import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/seams.ts';
import type { Sessions } from '../runtime/session.ts';
import type { Weights } from '../runtime/weights.ts';
import { type Entry, layOut, type Parameters } from '../runtime/parameters.ts';
import type { Batch } from './batch.ts';
import { openHead } from './head.ts';
import type { Objective, Report, Shares, StepFacts, Weighed } from './objectives/objective.ts';
import { sft } from './objectives/sft.ts';
import { clipBy, norm } from './optimizer/clip.ts';
import { type OptimizerKind, OPTIMIZERS } from './optimizer/index.ts';
import type { Group, Optimizer } from './optimizer/optimizer.ts';
import { openStack } from './stack.ts';

/** What a step needs besides its passes, where the objective asks for it. */
export type StepContext = Partial<Pick<StepFacts, 'reference' | 'desirable' | 'kl'>>;
export type Learnt = { readonly loss: number; readonly report: Report };

/** LoRA+ lets some tensors learn faster; norms and biases of a whole model do not decay. */
export type Treat = (entry: Pick<Entry, 'name'>) => Pick<Group, 'rate' | 'decay'>;

export type Trainer = {
  readonly parameters: Parameters;
  readonly optimizer: Optimizer;
  readonly objective: Objective;
  /** Negative log-likelihood of each target of the batch, nats, in the batch's order. */
  nll(batch: Batch): Promise<Float32Array>;
  /** The objective's loss of the step (nats); its gradient is left in `gradients`, flat. */
  learn(step: readonly Batch[], context?: StepContext): Promise<Learnt>;
  /** The objective's loss of a step, without its gradient. */
  loss(step: readonly Batch[], context?: StepContext): Promise<number>;
  readonly gradients: Float32Array;
  /** A fresh optimizer that treats each tensor so. */
  regroup(treat: Treat): void;
  /** One update with what is in `gradients`, none where they are not all finite; returns their norm before clipping. */
  update(rates: {
    readonly lr: number;
    readonly weight_decay: number;
    readonly clip: number | null;
    readonly betas?: readonly [number, number];
    readonly eps?: number;
  }): number;
};

export type TrainerOptions = {
  readonly model: Model;
  readonly weights: Weights;
  readonly sessions: Sessions;
  readonly seams: Seams;
  readonly objective?: Objective;
  readonly keep?: (layer: number) => Keep;
  readonly largest?: () => number;
  readonly treat?: Treat;
  readonly optim?: OptimizerKind;
};

const missing = (what: string) => (): never => {
  throw new TypeError(`the objective wants ${what}`);
};

const merged = (reports: readonly Report[]): Report => {
  const names = Object.keys(reports[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, reports.flatMap((report) => report[name]!)]));
};

/** The step as the objective sees it; asking for what is not there is a mistake. */
const factsOf = (passes: readonly Batch[], context: StepContext): StepFacts => ({
  passes,
  reference: context.reference ?? missing('a reference'),
  desirable: context.desirable ?? missing('labels'),
  kl: context.kl ?? 0,
});

const groupsOf = ({ entries }: Parameters, treat: Treat): Group[] =>
  entries.map((entry) => ({ offset: entry.offset, shape: entry.shape, ...treat(entry) }));

const PLAIN: Treat = () => ({ rate: 1, decay: true });

/** Loss and gradient of one pass after another; the gradient is left in `gradients`. */
const openLearning = (
  options: TrainerOptions & { readonly objective: Objective },
  parameters: Parameters,
  gradients: Float32Array,
): Pick<Trainer, 'nll' | 'learn' | 'loss'> => {
  const { keep = () => 'products', objective } = options;
  const stack = openStack({ ...options, parameters, keep });
  const head = openHead({ ...options, parameters });
  let dHidden = new Float32Array(0);

  const learnPass = async (batch: Batch, shares: Shares): Promise<Weighed> => {
    const hidden = await stack.forward(batch, true);
    if (dHidden.length !== hidden.length) dHidden = new Float32Array(hidden.length);
    dHidden.fill(0);
    const known = shares.fixed?.(batch);
    const sink = (scale: Float32Array) => ({ scale, dHidden, gradients });
    const nll = await head.loss(hidden, batch.targets, known && sink(known));
    const weighed = shares.weigh(batch, nll);
    if (!known) await head.loss(hidden, batch.targets, sink(weighed.scale));
    await stack.backward(batch, dHidden, gradients);
    return weighed;
  };
  const nll: Trainer['nll'] = async (batch) => head.loss(await stack.forward(batch, false), batch.targets);
  return {
    nll,
    learn: async (passes, context = {}) => {
      const shares = objective.shares(factsOf(passes, context));
      gradients.fill(0);
      const all: Weighed[] = [];
      for (const batch of passes) all.push(await learnPass(batch, shares));
      return {
        loss: all.reduce((sum, { loss }) => sum + loss, 0),
        report: merged(all.map(({ report }) => report)),
      };
    },
    loss: async (passes, context = {}) => {
      const shares = objective.shares(factsOf(passes, context));
      let loss = 0;
      for (const batch of passes) loss += shares.weigh(batch, await nll(batch)).loss;
      return loss;
    },
  };
};

export const openTrainer = ({
  objective = sft(),
  optim = 'adamw_torch',
  treat = PLAIN,
  ...options
}: TrainerOptions): Trainer => {
  const parameters = layOut(options.model, options.seams);
  const gradients = new Float32Array(parameters.values.length);
  let optimizer = OPTIMIZERS[optim](groupsOf(parameters, treat));
  return {
    ...openLearning({ ...options, objective }, parameters, gradients),
    parameters,
    get optimizer() {
      return optimizer;
    },
    objective,
    gradients,
    regroup: (other) => {
      optimizer = OPTIMIZERS[optim](groupsOf(parameters, other));
    },
    update: ({ lr, weight_decay, clip, betas, eps }) => {
      const size = norm(gradients);
      const rates = {
        lr,
        weight_decay,
        ...(betas && { beta1: betas[0], beta2: betas[1] }),
        ...(eps && { eps }),
      };
      if (Number.isFinite(size)) optimizer.update(parameters.values, gradients, clipBy(size, clip), rates);
      return size;
    },
  };
};
