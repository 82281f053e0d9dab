/** A reference's objective and step as the engine has them. */
import { ResolvedObjective } from '../../shared/contracts/objective.ts';
import { layOf, type Lay, PLAIN } from '../train/batch.ts';
import { objectiveOf } from '../train/objectives/index.ts';
import { answersOf, type Objective } from '../train/objectives/objective.ts';
import { openTrainer, type StepContext, type Trainer } from '../train/trainer.ts';
import type { LoadedAdapter } from '../runtime/read-tuned.ts';
import { mismatchedOf, toBatch } from './batches.ts';
import type { ReferenceBatch, ReferenceObjective } from './cases.ts';
import { fillFrom, type Setting } from './setting.ts';

/** TRL's IPO is a loss type of DPO; folders give it a name of its own. */
export const toObjective = ({ type, ...numbers }: ReferenceObjective): Objective => {
  const ipo = type === 'ipo';
  const dpo = ipo || type === 'dpo' ? { loss_type: ipo ? 'ipo' : 'sigmoid', label_smoothing: 0 } : {};
  return objectiveOf(ResolvedObjective.parse({ ...dpo, ...numbers, type: ipo ? 'dpo' : type }));
};

export type Pupil = { readonly trainer: Trainer; readonly lay: Lay; readonly reference: () => Trainer };

/** A trainer with an adapter on it, and one of the base alone for the objectives that compare with it. */
export const openPupil = (s: Setting, adapter: LoadedAdapter, objective: Objective): Pupil => {
  const trainer = openTrainer({ ...s, seams: adapter.seams, objective });
  fillFrom(s, adapter, trainer.parameters);
  let plain: Trainer | null = null;
  const reference = () => (plain ??= openTrainer({ ...s, seams: {} }));
  return { trainer, lay: layOf(adapter.seams), reference };
};

const logps = async (trainer: Trainer, reference: ReferenceBatch, lay: Lay) => {
  const batch = toBatch(reference, lay);
  const answers = answersOf(batch, await trainer.nll(batch));
  return new Map([...answers].map(([row, { logp }]) => [row, logp]));
};

/** What the objective wants besides the step's passes, of one reference batch. */
export const contextOf = async (
  { trainer, lay, reference }: Pupil,
  batch: ReferenceBatch,
): Promise<StepContext & { readonly found: Readonly<Record<string, readonly number[]>> }> => {
  const { objective } = trainer;
  const before = objective.referenced ? await logps(reference(), batch, PLAIN) : null;
  const others = objective.mismatched ? mismatchedOf(batch) : null;
  const own = others && [...(await logps(trainer, others, lay)).values()];
  const theirs = others && [...(await logps(reference(), others, PLAIN)).values()];
  const moved = own && own.reduce((sum, x, i) => sum + x - theirs![i]!, 0) / own.length;
  const kl = moved === null ? null : Math.max(0, moved);
  return {
    ...(before && { reference: (row) => before.get(row)! }),
    ...(batch.desirable && { desirable: (row) => batch.desirable![row]! }),
    ...(kl !== null && { kl }),
    found: { ...(own && { kl_logps: own, kl_reference_logps: theirs!, kl: [kl!] }) },
  };
};
