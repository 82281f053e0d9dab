/** Which shapes the steps of a run take, and where the largest pass is: without laying every row of every step. */
import type { RowsShape } from '../../models/graphs.ts';
import type { Batch } from '../batch.ts';
import type { Steps } from '../steps.ts';

const SAMPLE = 40; // steps that are laid

const longestRow = (steps: Steps, i: number): number =>
  Math.max(...steps.rows(i).map(({ row }) => row.ids.length));

/** The first steps, and the one that has the longest row of all. */
const telling = (steps: Steps): number[] => {
  const first = Array.from({ length: Math.min(SAMPLE, steps.count) }, (_, i) => i);
  let longest = 0;
  for (let i = 1; i < steps.count; i++) if (longestRow(steps, i) > longestRow(steps, longest)) longest = i;
  return [...new Set([...first, longest])];
};

export const shapesOf = (steps: Steps): RowsShape[] => {
  const shapes = telling(steps).flatMap((i) => steps.at(i).map(({ shape }) => shape));
  return [...new Map(shapes.map((shape) => [`${shape.b} ${shape.t} ${shape.packed}`, shape])).values()];
};

export type Probe = { readonly step: number; readonly pass: Batch };

/** The pass that takes the most memory: of the most tokens and, among those, of the longest rows. */
export const largestPass = (steps: Steps): Probe => {
  const all = telling(steps).flatMap((step) => steps.at(step).map((pass) => ({ step, pass })));
  const weight = ({ pass: { shape } }: Probe): number => shape.b * shape.t + shape.t / 1e6;
  return all.reduce((most, probe) => (weight(probe) > weight(most) ? probe : most));
};
