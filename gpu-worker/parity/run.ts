/** Runs the cases of a reference folder on this engine and measures the largest errors. */
import { join } from 'node:path';
import { loadAdapter } from '../runtime/read-tuned.ts';
import { namedParts, toTensors } from '../runtime/tensors.ts';
import { openGenerator } from '../serve/generator.ts';
import { openLogits } from '../serve/logits.ts';
import { layOf } from '../train/batch.ts';
import { sft } from '../train/objectives/sft.ts';
import { norm } from '../train/optimizer/clip.ts';
import { rateAt } from '../train/schedule.ts';
import { openStack } from '../train/stack.ts';
import { toBatch, realPlaces } from './batches.ts';
import type { Case } from './cases.ts';
import { type CaseResult, type Check, check, tolerance, worst } from './check.ts';
import { contextOf, openPupil, type Pupil, toObjective } from './objective.ts';
import { reportChecks } from './report.ts';
import { adapterOf, openSetting, parametersOf, type Setting } from './setting.ts';

export type { CaseResult } from './check.ts';

const forward = async (s: Setting, c: Case & { kind: 'forward' }): Promise<Check[]> => {
  const reference = s.cases.batches[c.batch]!;
  const adapter = adapterOf(s, c.adapter);
  const { seams } = adapter;
  const batch = toBatch(reference, layOf(seams));
  const parameters = parametersOf(s, adapter);
  const stack = openStack({ ...s, seams, parameters, keep: () => 'none' });
  const { ours, theirs } = realPlaces(reference, batch);
  const hidden = await stack.forward(batch, false);
  const logits = await openLogits({ ...s, seams, parameters })(hidden, ours);
  const v = s.model.vocab_size;
  const want = s.expected.readFloat32(`${c.name}.logits`);
  const real = theirs.flatMap((at) => [...want.subarray(at * v, (at + 1) * v)]);
  const got = ours.flatMap((_, i) => [...logits(i)]);
  const nll = await openPupil(s, adapter, sft()).trainer.nll(batch);
  const loss = nll.reduce((sum, x) => sum + x, 0) / nll.length;
  return [
    check('logits', got, real, tolerance(s.cases, 'logits')),
    check('loss', [loss], [c.expect.loss], tolerance(s.cases, 'loss')),
  ];
};

/** The gradient of a step over batches of the folder; what is wanted besides is computed for one batch at a time. */
const learn = async (s: Setting, pupil: Pupil, names: readonly string[]) => {
  const { trainer, lay } = pupil;
  const batches = names.map((name) => s.cases.batches[name]!);
  const { found, ...context } = await contextOf(pupil, batches[0]!);
  const passes = batches.map((batch) => toBatch(batch, lay, trainer.objective.whole));
  return { ...(await trainer.learn(passes, context)), found };
};

const gradient = async (s: Setting, c: Case & { kind: 'gradient' }): Promise<Check[]> => {
  const pupil = openPupil(s, adapterOf(s, c.adapter), toObjective(c.objective));
  const { trainer } = pupil;
  const { loss, report, found } = await learn(s, pupil, [c.batch]);
  const size = norm(trainer.gradients);
  const gradients = [...namedParts(trainer.parameters, trainer.gradients)].map(([name, { data }]) =>
    check(name, data, s.expected.readFloat32(`${c.name}.grad.${name}`), tolerance(s.cases, 'gradients')),
  );
  return [
    check('loss', [loss], [c.expect.loss], tolerance(s.cases, 'loss')),
    check('grad_norm', [size], [c.expect.grad_norm], tolerance(s.cases, 'grad_norm')),
    worst(gradients, 'gradients'),
    ...reportChecks(s.cases, { ...report, ...found }, c.expect),
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
  const pupil = openPupil(s, adapterOf(s, c.adapter), toObjective(c.objective));
  const { trainer } = pupil;
  const { optimizer: o, expect } = c;
  const schedule = {
    type: 'cosine',
    lr: o.lr,
    warmup_steps: o.warmup_steps,
    total_steps: o.total_steps,
  } as const;
  trainer.regroup(({ name }) => ({
    rate: name.includes('lora_B') ? (o.lr_ratio_b ?? 1) : 1,
    decay: !o.no_decay?.includes(name),
  }));
  const checks: Check[] = [];
  for (const [i, want] of expect.steps.entries()) {
    const names = [c.batches[i % c.batches.length]!].flat();
    const { loss } = await learn(s, pupil, names);
    const before = trainer.update({ ...o, lr: rateAt(schedule, i) });
    checks.push(check('loss', [loss], [want.loss], tolerance(s.cases, 'curve_loss')));
    checks.push(check('grad_norm', [before], [want.grad_norm], tolerance(s.cases, 'curve_grad_norm')));
  }
  const final = loadAdapter(join(s.folder, c.final), s.model).tensors;
  const finals = [...toTensors(trainer.parameters)].map(([name, { data }]) =>
    check(name, data, final.get(name)!.data, tolerance(s.cases, 'final')),
  );
  const only = (what: string) =>
    worst(
      checks.filter((x) => x.what === what),
      what,
    );
  return [only('loss'), only('grad_norm'), worst(finals, 'final')];
};

const runCase = async (s: Setting, c: Case): Promise<CaseResult> => {
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
  const setting = await openSetting(folder, threads);
  try {
    for (const c of setting.cases.cases) yield await runCase(setting, c);
  } finally {
    await setting.close();
  }
}
