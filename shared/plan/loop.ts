/** What `auto` means for the training loop: which optimizer, and when to end early. */
import type { Recipe, ResolvedRecipe } from '../contracts/recipe.ts';

/** What is known of a base before it is opened; null where it is not. */
export type BaseFacts = { readonly parameters: number | null; readonly context: number | null };
/** The same, and what the machine that trains has for a process, where that is known here. */
export type Known = BaseFacts & { readonly memory_bytes?: number | null };

type Training = ResolvedRecipe['training'];

const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
const RUNTIME_BYTES = 1.5e9; // besides the values: activations, logits, the process itself

/** Weights, gradients and AdamW's two moments take 16 bytes a value; an adapter's few values never matter. */
export const optimFor = (
  method: Recipe['method']['type'],
  { parameters, memory_bytes: memory }: Known,
): [value: Training['optim'], why: string] => {
  if (method !== 'full' || parameters === null || !memory) return ['adamw_torch', 'the usual one'];
  const needed = 16 * parameters + RUNTIME_BYTES;
  if (needed <= memory) return ['adamw_torch', 'its two moments fit into memory'];
  return [
    'adafactor',
    `with AdamW's moments all values would take about ${gb(needed)} of ${gb(memory)}: it keeps a row and a column of each matrix`,
  ];
};

const [MANY_EPOCHS, ENOUGH_HELD_OUT] = [3, 10];
export const earlyStoppingFor = (
  n_epochs: number,
  held_out: number,
): [value: Training['early_stopping'], why: string] => {
  if (n_epochs <= MANY_EPOCHS) return [false, `${n_epochs} passes rarely learn rows by heart`];
  if (held_out < ENOUGH_HELD_OUT) return [false, `${held_out} held-out rows are too few to stop by`];
  return [
    { patience: 2, min_delta: 0 },
    `${n_epochs} passes over few rows: two evaluations without a gain mean that they are learned by heart`,
  ];
};
