/** What people call the columns of a question and its answer, and how a recipe says so itself. */
import { step, type Fields } from './place.ts';
import type { Defect } from './problems.ts';

export const ALIASES = {
  prompt: ['prompt', 'question', 'query', 'input', 'instruction'],
  completion: ['completion', 'answer', 'response', 'output', 'target'],
} as const;
export type Side = keyof typeof ALIASES;

/** Keys of the row that may be this side, in the row's own spelling. */
export const candidates = (value: Fields, side: Side): readonly string[] => {
  const names: readonly string[] = ALIASES[side];
  return Object.keys(value).filter((key) => names.includes(key.trim().toLowerCase()));
};

export type Mapped = {
  readonly value: Fields;
  readonly defects: readonly Defect[];
  /** the pointer into the row as it came */
  readonly original: (pointer: string) => string;
};

/** The row under our names. Other columns that could be a mapped side are set aside, as the recipe has decided. */
export const mapColumns = (value: Fields, columns: Readonly<Record<string, string>>): Mapped => {
  const names = Object.entries(columns);
  if (names.length === 0) return { value, defects: [], original: (pointer) => pointer };
  const missing = names.filter(([, column]) => !Object.hasOwn(value, column));
  const taken = new Set([
    ...names.flat(),
    ...(Object.hasOwn(columns, 'prompt') ? candidates(value, 'prompt') : []),
    ...(Object.hasOwn(columns, 'completion') ? candidates(value, 'completion') : []),
  ]);
  const rest = Object.entries(value).filter(([key]) => !taken.has(key));
  return {
    value: Object.fromEntries([...names.map(([ours, column]) => [ours, value[column]] as const), ...rest]),
    defects: missing.map(([ours, column]) => ({
      code: 'missing_column',
      pointer: step(column),
      excerpt: `${ours}: no column ${column} among ${Object.keys(value).join(', ')}`.slice(0, 120),
    })),
    original: (pointer) => {
      const found = names.find(([ours]) => pointer === step(ours) || pointer.startsWith(`${step(ours)}/`));
      return found ? step(found[1]) + pointer.slice(step(found[0]).length) : pointer;
    },
  };
};
