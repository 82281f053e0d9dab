/** Datasets whose answers are one of a few. */
import type { Rows } from './check.ts';
import { groupsOf, type Group } from './rows.ts';

export const FEWEST_ROWS = 20;
const MOST_LABELS = 40;

export type Labels = { readonly open: Uint32Array; readonly classes: readonly Group[] };

/** Rows to train on by answer, spellings apart; null where the answers are no labels: too long, or too many kinds. */
export const labelsOf = (rows: Rows): Labels | null => {
  const all = rows.open({ kinds: ['chat'], role: 'train' });
  const { label } = rows.traits;
  const open = all.filter((row) => label[row] !== 0);
  if (open.length < FEWEST_ROWS || open.length < all.length * 0.95) return null;
  const classes = groupsOf(open, (row) => label[row]!, MOST_LABELS);
  return classes && classes.length * 4 <= open.length ? { open, classes } : null;
};
