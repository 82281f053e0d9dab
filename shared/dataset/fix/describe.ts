import type { FixReport } from '../../contracts/dataset.ts';
import { problemLines } from '../describe.ts';

/** What was mended and what was left out, as text for a terminal. No trailing newline. */
export const describeFix = ({ rows, mended, left_out }: FixReport): string =>
  [
    `fixed: ${rows.in} rows in = ${rows.unchanged} as they were + ${rows.mended} mended + ${rows.duplicate} duplicate + ${rows.left_out} left out`,
    ...(mended.length > 0 ? ['', 'mended:', ...mended.flatMap(problemLines)] : []),
    ...(left_out.length > 0 ? ['', 'not in the new file:', ...left_out.flatMap(problemLines)] : []),
  ].join('\n');
