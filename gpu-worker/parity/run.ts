/** Runs the cases of a reference folder on this engine and measures the largest errors. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAdapter, type LoadedAdapter } from '../adapters/read.ts';
import { modelFor } from '../models/index.ts';
import type { Model } from '../models/model.ts';
import { layOut, type Parameters, take } from '../runtime/parameters.ts';
import { openSessions, type Sessions } from '../runtime/session.ts';
import { openWeights, type Weights } from '../runtime/weights.ts';
import { openGenerator } from '../serve/generator.ts';
import { openLogits } from '../serve/logits.ts';
import { rateAt } from '../train/schedule.ts';
import { openStack } from '../train/stack.ts';
import { openTrainer, type Trainer } from '../train/trainer.ts';
import { openBase } from '../weights/base.ts';
import { openSafetensors, type Safetensors } from '../weights/safetensors.ts';
import { readAdapter } from '../weights/peft.ts';
import { realPlaces, toBatch } from './batches.ts';
import { type Case, Cases, type Tolerance } from './cases.ts';

/** The largest error of one quantity, as a share of what the tolerance allows: up to 1 passes. */
export type Check = { readonly what: string; readonly error: number; readonly share: number };
export type CaseResult = {
  readonly name: string;
  readonly checks: readonly Check[];
  readonly skipped?: string;
};

type Setting = {
  readonly folder: string;
  readonly cases: Cases;
  readonly model: Model;
  readonly weights: Weights;
  readonly sessions: Sessions;
  readonly expected: Safetensors;
};

const largest = (x: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]!));
  return most;
};

const check = (
  what: string,
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  { abs, rel }: Tolerance,
): Check => {
  if (got.length !== want.length)
    throw new TypeError(`${what}: ${got.length} values, expected ${want.length}`);
  const error = largest(Array.from({ length: got.length }, (_, i) => got[i]! - want[i]!));
  const share = error / (abs + rel * largest(want));
  return { what, error, share: Number.isNaN(share) ? Infinity : share };
};

const worst = (checks: readonly Check[], what: string): Check =>
  checks.reduce((most, c) => (c.share > most.share ? { ...c, what } : most), { what, error: 0, share: 0 });

const PLAIN: LoadedAdapter = { seams: {}, tensors: new Map() };
const adapterOf = ({ folder }: Setting, name: string | null): LoadedAdapter =>
  name === null ? PLAIN : loadAdapter(join(folder, name));

const parametersOf = (s: Setting, adapter: LoadedAdapter): Parameters => {
  const parameters = layOut(s.model, adapter.seams);
  take(parameters, adapter.tensors);
  return parameters;
};

const trainerOf = (s: Setting, adapter: LoadedAdapter): Trainer => {
  const trainer = openTrainer({ ...s, seams: adapter.seams });
  take(trainer.parameters, adapter.tensors);
  return trainer;
};

const tolerance = ({ cases }: Setting, name: string): Tolerance => {
  const found = cases.tolerance[name];
  if (!found) throw new TypeError(`cases.json has no tolerance for ${name}`);
  return found;
};

const forward = async (s: Setting, c: Case & { kind: 'forward' }): Promise<Check[]> => {
  const reference = s.cases.batches[c.batch]!;
  const batch = toBatch(reference);
  const adapter = adapterOf(s, c.adapter);
  const parameters = parametersOf(s, adapter);
  const stack = openStack({ ...s, seams: adapter.seams, parameters, keep: () => 'none' });
  const places = realPlaces(reference);
  const hidden = await stack.forward(batch, false);
  const logits = await openLogits(s)(hidden, places);
  const v = s.model.vocab_size;
  const want = s.expected.readFloat32(`${c.name}.logits`);
  const real = (x: Float32Array) => places.flatMap((at) => [...x.subarray(at * v, (at + 1) * v)]);
  const got = places.flatMap((_, i) => [...logits(i)]);
  const nll = await trainerOf(s, adapter).nll(batch);
  const loss = nll.reduce((sum, x) => sum + x, 0) / nll.length;
  return [
    check('logits', got, real(want), tolerance(s, 'logits')),
    check('loss', [loss], [c.expect.loss], tolerance(s, 'loss')),
  ];
};

const gradient = async (s: Setting, c: Case & { kind: 'gradient' }): Promise<Check[]> => {
  const trainer = trainerOf(s, adapterOf(s, c.adapter));
  const loss = await trainer.gradient([toBatch(s.cases.batches[c.batch]!)]);
  const { entries, view } = trainer.parameters;
  const norm = Math.hypot(...trainer.gradients);
  return [
    check('loss', [loss], [c.expect.loss], tolerance(s, 'loss')),
    check('grad_norm', [norm], [c.expect.grad_norm], tolerance(s, 'grad_norm')),
    worst(
      entries.map(({ name }) =>
        check(
          name,
          view(trainer.gradients, name),
          s.expected.readFloat32(`${c.name}.grad.${name}`),
          tolerance(s, 'gradients'),
        ),
      ),
      'gradients',
    ),
  ];
};

const greedy = async (s: Setting, c: Case & { kind: 'greedy' }): Promise<Check[]> => {
  const adapter = adapterOf(s, c.adapter);
  const generator = openGenerator({ ...s, seams: adapter.seams, parameters: parametersOf(s, adapter) });
  const [answer] = await generator.generate([Int32Array.from(c.prompt)], {
    max_new_tokens: c.new_tokens,
    stop: [],
  });
  const same = c.expect.tokens.every((t, i) => answer!.tokens[i] === t);
  return [{ what: 'tokens', error: same ? 0 : 1, share: same ? 0 : Infinity }];
};

const curve = async (s: Setting, c: Case & { kind: 'curve' }): Promise<Check[]> => {
  const trainer = trainerOf(s, adapterOf(s, c.adapter));
  const { optimizer: o, expect } = c;
  const schedule = {
    type: 'cosine',
    lr: o.lr,
    warmup_steps: o.warmup_steps,
    total_steps: o.total_steps,
  } as const;
  const checks: Check[] = [];
  for (const [i, want] of expect.steps.entries()) {
    const names = [c.batches[i % c.batches.length]!].flat();
    const loss = await trainer.gradient(names.map((name) => toBatch(s.cases.batches[name]!)));
    const norm = trainer.update({ ...o, lr: rateAt(schedule, i) });
    checks.push(check('loss', [loss], [want.loss], tolerance(s, 'curve_loss')));
    checks.push(check('grad_norm', [norm], [want.grad_norm], tolerance(s, 'curve_grad_norm')));
  }
  const { entries, view, values } = trainer.parameters;
  const final = readAdapter(join(s.folder, c.final)).tensors;
  const finals = entries.map(({ name }) =>
    check(name, view(values, name), final.get(name)!.data, tolerance(s, 'final')),
  );
  const only = (what: string) =>
    worst(
      checks.filter((x) => x.what === what),
      what,
    );
  return [only('loss'), only('grad_norm'), worst(finals, 'final')];
};

/** What this engine does not do yet is said, not passed over in silence. */
const beyond = (c: Case): string | undefined => {
  if (c.adapter === 'full') return 'training every weight';
  if ((c.kind === 'gradient' || c.kind === 'curve') && c.objective.type !== 'sft')
    return `objective ${c.objective.type}`;
  return undefined;
};

const runCase = async (s: Setting, c: Case): Promise<CaseResult> => {
  const skipped = beyond(c);
  if (skipped) return { name: c.name, checks: [], skipped };
  switch (c.kind) {
    case 'forward':
      return { name: c.name, checks: await forward(s, c) };
    case 'gradient':
      return { name: c.name, checks: await gradient(s, c) };
    case 'greedy':
      return { name: c.name, checks: await greedy(s, c) };
    case 'curve':
      return { name: c.name, checks: await curve(s, c) };
  }
};

/** Every case of `folder/cases.json`, one result each as they come. */
export async function* runFolder(folder: string, threads: number): AsyncGenerator<CaseResult> {
  const cases = Cases.parse(JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')));
  const base = await openBase(resolve(folder, cases.base));
  const sessions = openSessions({ threads });
  const expected = openSafetensors(join(folder, 'expected.safetensors'));
  const setting = {
    folder,
    cases,
    model: modelFor(base.config),
    weights: openWeights(base),
    sessions,
    expected,
  };
  try {
    for (const c of cases.cases) yield await runCase(setting, c);
  } finally {
    await sessions.release();
    expected.close();
    base.close();
  }
}
