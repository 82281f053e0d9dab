/** Which objectives can learn from which rows, and which one the rows ask for. */
import type { Objective } from '../contracts/objective.ts';
import type { RowKind } from '../contracts/row.ts';
import { AppError } from '../errors.ts';
import type { Choose } from './choose.ts';

/** Rows that are used, by kind. */
export type Kinds = Readonly<Partial<Record<RowKind, number>>>;
/** An objective that has been chosen, its numbers perhaps not. */
export type ChosenObjective = Exclude<Objective, { readonly type: 'auto' }>;
type Type = ChosenObjective['type'];

/** Whether an objective learns answers as they stand; the others learn which answers are better. */
export const imitates = (type: Type): boolean => type === 'sft' || type === 'text';

const FITS: Readonly<Record<Type, readonly RowKind[]>> = {
  sft: ['chat', 'text', 'preference'],
  text: ['chat', 'text', 'preference'],
  dpo: ['preference'],
  orpo: ['preference'],
  simpo: ['preference'],
  kto: ['preference', 'kto'],
};

const NAMES: Readonly<Record<RowKind, readonly [one: string, many: string]>> = {
  chat: ['dialogue', 'dialogues'],
  text: ['plain text', 'plain texts'],
  preference: ['pair of answers', 'pairs of answers'],
  kto: ['labelled answer', 'labelled answers'],
};

const present = (kinds: Kinds): RowKind[] =>
  (Object.keys(NAMES) as RowKind[]).filter((kind) => (kinds[kind] ?? 0) > 0);
const misfits = (type: Type, kinds: Kinds): RowKind[] =>
  present(kinds).filter((kind) => !FITS[type].includes(kind));

const counted = (kinds: Kinds, of: readonly RowKind[]): string =>
  of.map((kind) => `${kinds[kind]} ${NAMES[kind][kinds[kind] === 1 ? 0 : 1]}`).join(' and ');

/** Why an objective cannot learn from these rows, null where it can. */
const misfitOf = (type: Type, kinds: Kinds): AppError | null => {
  const wrong = misfits(type, kinds);
  if (wrong.length === 0) return null;
  const fitting = (Object.keys(FITS) as Type[]).filter((other) => misfits(other, kinds).length === 0);
  const wanted = FITS[type].map((kind) => NAMES[kind][1]).join(' or ');
  const change =
    fitting.length > 0
      ? `set objective.type to ${fitting.join(', ')}, or leave it out`
      : 'split the file by kind of row, one job each';
  return new AppError(
    'invalid_recipe',
    `objective.type ${type} learns from ${wanted}, and among the rows are ${counted(kinds, wrong)}: ${change}`,
    { param: 'objective.type' },
  );
};

const ASKED_FOR = {
  sft: { type: 'sft' },
  text: { type: 'text' },
  dpo: { type: 'dpo', beta: 'auto', loss_type: 'sigmoid', label_smoothing: 'auto' },
  kto: { type: 'kto', beta: 'auto', desirable_weight: 'auto', undesirable_weight: 'auto' },
} as const satisfies Partial<Record<Type, ChosenObjective>>;

const byRows = (kinds: Kinds): readonly [keyof typeof ASKED_FOR, why: string] => {
  const all = present(kinds);
  if (all.includes('kto')) return ['kto', 'the rows are answers with a label, good or bad'];
  if (all.length > 1) return ['sft', 'the rows are of several kinds, and each has something to imitate'];
  if (all[0] === 'preference') return ['dpo', 'the rows are pairs of answers, one better than the other'];
  if (all[0] === 'text') return ['text', 'the rows are plain text'];
  return ['sft', 'the rows are dialogues to imitate'];
};

/** What becomes of pairs under an objective that does not compare them. */
const OF_PAIRS: Readonly<Partial<Record<Type, string>>> = {
  sft: 'of each pair the chosen answer is imitated',
  text: 'of each pair the chosen answer is learnt, with its prompt',
  kto: 'both answers of each pair are used, as rows with a label',
};

/** The objective given, or the one that the rows ask for. Throws `invalid_recipe` where it cannot learn from them. */
export const fitObjective = (given: Objective, kinds: Kinds, choose: Choose): ChosenObjective => {
  const chosen =
    given.type === 'auto' ? ASKED_FOR[choose('objective.type', given.type, byRows(kinds))] : given;
  const misfit = misfitOf(chosen.type, kinds);
  if (misfit) throw misfit;
  const said = kinds.preference ? OF_PAIRS[chosen.type] : undefined;
  if (said !== undefined) choose('objective.type', 'auto', [chosen.type, said]); // told, though it was asked for
  return chosen;
};
