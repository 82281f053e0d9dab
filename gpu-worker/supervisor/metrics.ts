import { MetricsLine } from '../../shared/contracts/spec.ts';

/** The curve of a run: one line a step, in the order of steps. */
export type Metrics = {
  /** A step that is reported again (after a resume, or with its `eval_loss`) replaces its line; training that went back to
   *  an earlier step makes those after it anew. */
  add(line: MetricsLine): void;
  bytes(): Uint8Array;
  version(): number;
};

export const metricsOf = (earlier: readonly MetricsLine[]): Metrics => {
  const lines = new Map(earlier.map((line) => [line.step, line]));
  let version = lines.size;
  return {
    add(line) {
      for (const step of lines.keys()) if (step > line.step) lines.delete(step);
      lines.set(line.step, { ...lines.get(line.step), ...line });
      version += 1;
    },
    bytes: () => {
      const sorted = [...lines.values()].toSorted((a, b) => a.step - b.step);
      return Buffer.from(sorted.map((line) => `${JSON.stringify(line)}\n`).join(''));
    },
    version: () => version,
  };
};

/** The lines of an earlier attempt up to the checkpoint that is continued from; later steps will be done again. */
export const linesUpTo = (text: string, step: number): MetricsLine[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => MetricsLine.parse(JSON.parse(line)))
    .filter((line) => line.step <= step);
