/** What a job would take: counted from its own batches and graphs, and with `probe` tried: three steps, sixteen answers. */
import { performance } from 'node:perf_hooks';
import type { Probe, Work } from '../../shared/contracts/estimate.ts';
import { imitates } from '../../shared/plan/fit.ts';
import { sum } from '../../shared/sum.ts';
import type { TokenRow } from '../../shared/text/shards.ts';
import type { HeldOutRow } from '../evaluate/held-out.ts';
import { ANSWERS_AT_ONCE, askedRows } from '../evaluate/asked.ts';
import { type Generator, openGenerator } from '../serve/generator.ts';
import { initialise } from '../runtime/initialise.ts';
import { layOut } from '../runtime/parameters.ts';
import type { Batch } from '../train/batch.ts';
import { type Flops, flopsFor } from '../train/flops.ts';
import { keepOf } from '../train/memory/plan.ts';
import { planPasses, type Steps } from '../train/steps.ts';
import type { StepContext } from '../train/trainer.ts';
import { expectAnswers, type Group, type Trial, trialRounds } from './answers.ts';
import { readHeldOut } from './judge.ts';
import { type Laid, layPupil, LOSS_ROWS } from './pupil.ts';
import { readShard } from './shard.ts';
import type { Job } from './task.ts';

const COUNTED = 400; // steps that are laid and counted; more are taken to be like them
const learnt = ({ weights }: TokenRow): number => weights.reduce((n, w) => n + (w > 0 ? 1 : 0), 0);

/** Some steps spread over all, and how many each stands for. */
const sampled = (steps: Steps): { readonly all: readonly Batch[][]; readonly each: number } => {
  const n = Math.min(COUNTED, steps.count);
  const all = Array.from({ length: n }, (_, i) => steps.at(Math.floor((i * steps.count) / n)));
  return { all, each: steps.count / n };
};

/** Tokens of the reference answers, by the groups that are asked at once. */
const groupsOf = (asked: readonly HeldOutRow[]): Group[] =>
  Array.from({ length: Math.ceil(asked.length / ANSWERS_AT_ONCE) }, (_, i) =>
    asked.slice(i * ANSWERS_AT_ONCE, (i + 1) * ANSWERS_AT_ONCE).map(({ tokens }) => learnt(tokens)),
  );

const lossFlops = (flops: Flops, rows: readonly TokenRow[], most: number): number =>
  rows.length === 0 ? 0 : sum(planPasses(rows, most).map((batch) => flops.forward(batch)));

/** Numbers that an objective asks for and that change no time. */
const ANY: StepContext = { reference: () => -1, desirable: (row) => row % 2 === 0, kl: 0 };

/** Seconds of each step; the first of a shape makes its graphs. */
const trySteps = async ({ trainer }: Laid, steps: Steps, flops: Flops) => {
  const batches = Array.from({ length: Math.min(3, steps.count) }, (_, i) => steps.at(i));
  const shapes = new Set(batches.flat().map(({ shape }) => JSON.stringify(shape))).size;
  const run = async (passes: readonly Batch[]): Promise<number> => {
    const began = performance.now();
    await trainer.learn(passes, ANY);
    trainer.update({ lr: 0, weight_decay: 0, clip: 1 });
    return (performance.now() - began) / 1000;
  };
  let first = 0;
  for (const passes of batches) first += await run(passes);
  let again = 0;
  for (const passes of batches) again += await run(passes);
  const work = sum(batches.map((passes) => flops.learn(passes)));
  const before = performance.now();
  for (const batch of batches[0]!) await trainer.nll(batch);
  const middle = performance.now();
  for (const batch of batches[0]!) await trainer.nll(batch);
  const forward = (performance.now() - middle) / 1000;
  const opened = Math.max(0, (middle - before) / 1000 - forward);
  return {
    train_flops: work / again,
    forward_flops: sum(batches[0]!.map((batch) => flops.forward(batch))) / forward,
    first_seconds: (Math.max(0, first - again) + opened) / shapes,
  };
};

const ROUNDS = 8;
/** Seconds of a round. */
const timeDecoding = async (generator: Generator, prompts: readonly Int32Array[]): Promise<number> => {
  const run = async (max_new_tokens: number): Promise<number> => {
    const began = performance.now();
    await generator.generate(prompts, { max_new_tokens, stop: [] });
    return (performance.now() - began) / 1000;
  };
  await run(2);
  const prefill = await run(1);
  return Math.max(1e-5, ((await run(1 + ROUNDS)) - prefill) / ROUNDS);
};

/** What the base answers to the first of the groups, as far as `trialRounds`. */
const tryAnswers = async ({ open, plan }: Job, asked: readonly HeldOutRow[]) => {
  const [group] = groupsOf(asked);
  if (!group) return { decode_seconds: null, trial: null };
  const generator = openGenerator({ ...open, seams: {}, parameters: layOut(open.model, {}) });
  const prompts = asked.slice(0, ANSWERS_AT_ONCE).map(({ promptIds }) => promptIds);
  const decode_seconds = await timeDecoding(generator, prompts);
  const rounds = trialRounds(group, plan.recipe.evaluation.max_new_tokens);
  const stop = open.tokenizer.eosIds;
  const answers = await generator.generate(prompts, { max_new_tokens: rounds, stop });
  const lengths = answers.map(({ tokens, stopped }) => (stopped ? tokens.length + 1 : null));
  return { decode_seconds, trial: { rounds, lengths } satisfies Trial };
};

type Probed = { readonly probe: Probe | null; readonly trial: Trial | null };

const probed = async (job: Job, laid: Laid, flops: Flops, asked: readonly HeldOutRow[]): Promise<Probed> => {
  initialise(laid.trainer.parameters, job.plan.seed, job.open.weights);
  const steps = await trySteps(laid, laid.steps, flops);
  const { decode_seconds, trial } = await tryAnswers(job, asked);
  const peak_rss_mb = Math.round((process.resourceUsage().maxRSS / 1000) * 1.024);
  return { probe: { ...steps, decode_seconds, peak_rss_mb }, trial };
};

/** Throws `out_of_memory` where the job does not fit here. */
export const estimateJob = async (
  job: Job,
  { began_ms, probe }: { readonly began_ms: number; readonly probe: boolean },
): Promise<Work> => {
  const { plan, open } = job;
  const { recipe } = plan;
  const { evaluation, training, objective: asks } = recipe;
  const rows = readShard(plan.train);
  const shard = readShard(plan.held_out);
  const heldOut = readHeldOut(plan, open.tokenizer, shard);
  const measured = imitates(asks.type) ? heldOut.map(({ tokens }) => tokens) : shard;
  const laid = await layPupil(job, rows);
  const { seams, memory, objective, ground, settings } = laid;
  const steps = laid.steps;
  const model = ground.model;
  const flops = flopsFor({ model, seams, keep: keepOf(memory) });
  const { all, each } = sampled(steps);
  const most = settings.tokens_per_pass;
  const once = lossFlops(flops, rows, most);
  const asked = evaluation.enabled ? askedRows(heldOut, evaluation.samples, training.max_length) : [];
  const evaluations = Math.ceil(steps.count / training.eval_steps);
  const epoch = sum(rows.map(({ ids }) => ids.length));
  const times = (n: number): number => Math.round(n * training.n_epochs);
  const start_seconds = (Date.now() - began_ms) / 1000;
  const { probe: tried, trial }: Probed =
    probe && steps.count > 0 ? await probed(job, laid, flops, asked) : { probe: null, trial: null };
  return {
    rows: rows.length / objective.unit,
    steps: steps.count,
    tokens: { epoch, total: times(epoch), learnt: times(sum(rows.map(learnt))) },
    flops: {
      train:
        each * sum(all.map((passes) => flops.learn(passes))) +
        (objective.mismatched ? 2 * training.n_epochs * once : 0),
      losses: evaluation.enabled
        ? lossFlops(
            flops,
            heldOut.flatMap(({ tokens, rejected }) => (rejected ? [tokens, rejected] : [tokens])),
            most,
          )
        : 0,
      evaluations:
        evaluations * lossFlops(flops, measured.slice(0, LOSS_ROWS), most) +
        (objective.referenced ? once : 0),
      prompts: sum(asked.map(({ promptIds }) => flops.prompt(promptIds.length))),
    },
    shapes: new Set(all.flat().map(({ shape }) => JSON.stringify(shape))).size,
    ...expectAnswers(groupsOf(asked), evaluation.max_new_tokens, trial),
    decode_flops: asked.length > 0 ? Math.min(asked.length, ANSWERS_AT_ONCE) * flops.token(256) : 0,
    bytes: { memory: Math.round(memory.total), weights: Math.round(memory.bytes.weights) },
    start_seconds,
    probe: tried,
  };
};
