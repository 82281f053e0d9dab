/** The corpus as one list: what to check, what must be found in it, and what else may. */
import { jsonlOf, type File } from '../drop.ts';
import { ANSWERS } from './answers.ts';
import { CHARACTERS } from './characters.ts';
import { FORM } from './form.ts';
import { PROSE } from './prose.ts';
import { SET_ANSWERS } from './set-answers.ts';
import { SET_ROWS } from './set-counts.ts';
import type { SetCase } from './set-rows.ts';
import { TOOLS } from './tools.ts';
import { TURNS } from './turns.ts';

export type Sample = {
  /** the defect that the sample is about */
  readonly code: string;
  readonly planted: boolean;
  /** codes that may be told of it beside `code` */
  readonly also: ReadonlySet<string>;
  readonly files: readonly File[];
  /** checks over all rows mean nothing: the sample is one row */
  readonly single: boolean;
};

type Group<T> = {
  readonly planted: readonly T[];
  readonly near: readonly T[];
  readonly also?: readonly string[];
};

const samples = <T>(
  groups: Readonly<Record<string, Group<T>>>,
  single: boolean,
  filesOf: (value: T) => readonly File[],
): readonly Sample[] =>
  Object.entries(groups).flatMap(([code, { planted, near, also = [] }]) => [
    ...planted.map((value) => ({ code, planted: true, also: new Set(also), files: filesOf(value), single })),
    ...near.map((value) => ({
      code,
      planted: false,
      also: new Set<string>(),
      files: filesOf(value),
      single,
    })),
  ]);

const lineFile = (body: string): readonly File[] => [{ file: 'a.jsonl', body: `${body}\n` }];
const setFiles = ({ train, valid }: SetCase): readonly File[] => [
  { file: 'train.jsonl', body: jsonlOf(train) },
  ...(valid ? [{ file: 'valid.jsonl', role: 'valid' as const, body: jsonlOf(valid) }] : []),
];

const ROW_GROUPS = { ...CHARACTERS, ...PROSE, ...ANSWERS, ...TURNS, ...TOOLS };
export const CORPUS: readonly Sample[] = [
  ...samples(ROW_GROUPS, true, (value: unknown) => lineFile(JSON.stringify(value))),
  ...samples(FORM, true, lineFile),
  ...samples({ ...SET_ROWS, ...SET_ANSWERS }, false, setFiles),
];
