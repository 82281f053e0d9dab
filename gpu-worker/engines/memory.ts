/** Fits a job into the memory of the machine it runs on, and finds out in its first seconds whether that holds. */
import type { ResolvedRecipe } from '../../shared/contracts/recipe.ts';
import { AppError } from '../../shared/errors.ts';
import { constrainedBytes } from '../../shared/memory.ts';
import { linearValues } from '../models/linears.ts';
import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/seams.ts';
import { memoryFacts } from '../train/memory/facts.ts';
import { explainMemory, type MemoryFacts, type MemoryPlan, planMemory } from '../train/memory/plan.ts';
import { largestPass, shapesOf } from '../train/memory/shapes.ts';
import type { Lessons } from '../train/lessons.ts';
import type { Steps } from '../train/steps.ts';
import type { Trainer } from '../train/trainer.ts';
import type { Job } from './task.ts';

/** What linears in 8 bits still take of their float32 size: a byte for each direction, and scales. */
const PACKED = 0.51;

/** The head has bytes beside the float32 table that it shares with the embedding or that its gradient reads. */
const savedBy8 = (model: Model): number =>
  4 * linearValues(model) * (1 - PACKED) - model.vocab_size * model.hidden_size;

const remediesFor = (
  { method, training }: ResolvedRecipe,
  model: Model,
  { trained }: MemoryFacts['fixed'],
): MemoryFacts['remedies'] => [
  ...(method.type !== 'full' && method.bits === undefined
    ? [{ set: 'method.bits=8', saves: savedBy8(model) }]
    : []),
  // AdamW's moments are half of what is trained, gradients and values the other half
  ...(training.optim === 'adamw_torch'
    ? [
        { set: 'training.optim=adamw_8bit', saves: trained * 0.37 },
        { set: 'training.optim=adafactor', saves: trained * 0.49 },
      ]
    : []),
];

/** Throws `out_of_memory` before anything is trained where the job cannot fit. */
export const fitMemory = (
  { plan, io }: Job,
  { parameters, optimizer }: Trainer,
  { model, seams }: { readonly model: Model; readonly seams: Seams },
  stepsFor: (tokens_per_pass: number) => Steps,
): MemoryPlan => {
  const known = new Map<number, ReturnType<typeof shapesOf>>();
  const shapes = (tokens: number) => {
    const found = known.get(tokens) ?? shapesOf(stepsFor(tokens));
    known.set(tokens, found);
    return found;
  };
  const counted = memoryFacts({
    model,
    seams,
    parameters,
    optimizer,
    machine: constrainedBytes(),
    shapes,
    remedies: [],
  });
  const facts = { ...counted, remedies: remediesFor(plan.recipe, model, counted.fixed) };
  const memory = planMemory(facts);
  for (const message of explainMemory(memory, facts)) io.emit({ type: 'note', message });
  return memory;
};

const isMemory = (error: unknown): boolean =>
  error instanceof Error && /alloc|out of memory|not enough memory/i.test(error.message);

/** The largest pass, forward and backward, for nothing: what runs after it finds its rooms made. */
export const probeMemory = async (
  trainer: Pick<Trainer, 'learn'>,
  lessons: Pick<Lessons, 'at'>,
  steps: Steps,
): Promise<void> => {
  const { step, pass } = largestPass(steps);
  try {
    await trainer.learn([pass], (await lessons.at(step)).context);
  } catch (cause) {
    if (!isMemory(cause)) throw cause;
    const { b, t } = pass.shape;
    throw new AppError('out_of_memory', `The longest batch, ${b} × ${t} tokens, does not fit into memory`, {
      cause,
      hint: 'Lower training.max_length, choose a smaller base, or take a machine with more memory',
    });
  }
};

/** For the report. */
export const memoryFigures = ({ total, tokens_per_pass, recomputed }: MemoryPlan) => ({
  tokens_per_pass,
  recomputed_layers: recomputed,
  planned_mb: Math.round(total / 1e6),
  peak_rss_mb: Math.round((process.resourceUsage().maxRSS / 1000) * 1.024),
});
