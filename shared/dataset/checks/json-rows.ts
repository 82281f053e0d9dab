/** Datasets whose answers are JSON. */
import type { Rows } from './check.ts';
import { IS } from './traits.ts';

const FEWEST = 10;

/** Rows whose answer is JSON among all; none where that is not what most answers are. */
export const jsonRows = (rows: Rows): { readonly open: Uint32Array; readonly json: readonly number[] } => {
  const open = rows.open({ kinds: ['chat', 'preference'] });
  const json = open.filter((row) => rows.traits.is[row]! & IS.json);
  return json.length >= FEWEST && json.length * 2 > open.length
    ? { open, json: [...json] }
    : { open: open.subarray(0, 0), json: [] };
};
