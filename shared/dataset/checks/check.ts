/** What a check is: a row of facts and one function. A new check is a new file and its row in a table beside it. */
import type { Recipe } from '../../contracts/recipe.ts';
import type { Fate, Row, RowKind } from '../../contracts/row.ts';
import { excerptOf } from '../place.ts';
import type { Kind } from '../problems.ts';
import type { GramsOfRow } from '../similar/traces.ts';
import type { TraitColumns } from './traits.ts';
import type { Dialogue, RowView, Text } from './view.ts';

/** Message of the canonical row (0 for text; of a pair the prompt's, then the chosen answer's, then the rejected one's)
 *  and what of it: `/content`, `/tool_calls/0/function/arguments`, … */
export type Finding = { readonly message: number; readonly below: string; readonly excerpt: string };

/** Looks at one canonical row. What is `fixable` has one of the two ways to mend it. */
export type RowCheck = Kind & {
  readonly code: string;
  /** bits of `RowView.has`, one of which a row must have for anything to be found */
  readonly needs?: number;
  find(view: RowView): readonly Finding[];
  /** The text without what is found in it. */
  mendText?(text: string, of: Text): string;
  /** The row without what is found in it. */
  mendRow?(row: Row): Row;
};

/** What is kept of a row until all are seen. Hashes are known by the first row that has them: two rows agree in one if
 *  and only if they have the same number there, which may stand in an array of `rows.length`. */
export type Facts = {
  /** its place among all rows of all files, from 0 */
  readonly row: number;
  readonly file: string;
  readonly line: number;
  readonly role: 'train' | 'valid';
  /** null as long as nothing speaks against the row */
  readonly fate: Fate | null;
  readonly kind: RowKind | null;
  /** the canonical row, null where there is none */
  readonly identity: number | null;
  /** the first user message, null where there is none */
  readonly opening: number | null;
  /** all before the last answer (before both answers of a pair), null where there is none */
  readonly prompt: number | null;
  /** the last answer (the chosen one of a pair), null where there is none */
  readonly answer: number | null;
  /** rows that say nearly the same, and rows that are like one of those */
  readonly family: number;
  /** what somebody said of its answers, good or bad; a pair has one of each */
  readonly labels: readonly boolean[];
};

export type Wanted = { readonly kinds?: readonly RowKind[]; readonly role?: Facts['role'] };

/** All rows, in the order in which they came. Facts are made as they are asked for: there may be millions. */
export type Rows = Iterable<Facts> & {
  readonly length: number;
  /** what checks over all rows compare, a number a row */
  readonly traits: TraitColumns;
  at(row: number): Facts;
  /** those of which something was made that nothing speaks against; others get the same array */
  open(wanted?: Wanted): Uint32Array;
  /** the canonical row, null where there is none; slow, since it is fetched and parsed */
  read(row: number): Row | null;
  /** of the wanted rows in order, every so many hashes (`stride`) of runs of 13 words; none where a row was set aside at once */
  grams(isWanted: (row: number) => boolean): Iterable<GramsOfRow>;
  readonly stride: number;
};

/** `row` is null where the finding is about all. */
export type SetFinding = { readonly row: number | null; readonly excerpt: string };

/** Looks at all rows, after the checks before it have judged. */
export type SetCheck = Kind & {
  readonly code: string;
  judge(rows: Rows, data: Recipe['data']): Iterable<SetFinding>;
  /** what becomes of the rows found, where a recipe may say otherwise; absent = `fate` */
  fateFor?(data: Recipe['data']): Kind['fate'];
};

/** A row that leaves for this reason is an error in the data. */
export const quarantines = {
  severity: 'error',
  fate: 'quarantined',
  rejects: false,
  fixable: false,
} as const;
/** A row that leaves by rule. */
export const drops = { severity: 'error', fate: 'dropped', rejects: false, fixable: false } as const;
export const warns = { severity: 'warning', fate: null, rejects: false, fixable: false } as const;
export const remarks = { severity: 'info', fate: null, rejects: false, fixable: false } as const;
export const refuses = { severity: 'error', fate: null, rejects: true, fixable: false } as const;

/** What is found in the conversations of a row, each thing once. */
export const inDialogues = (
  { row, dialogues: [one, other] }: RowView,
  look: (dialogue: Dialogue) => readonly Finding[],
): readonly Finding[] => {
  const first = one ? look(one) : [];
  if (row.kind !== 'preference') return first;
  const { messages: prompt, chosen } = row;
  const own = look(other!).filter(({ message }) => message >= prompt.length);
  return [...first, ...own.map((finding) => ({ ...finding, message: finding.message + chosen.length }))];
};

/** What is found in the texts of a row: `look` gives an excerpt, or null where nothing is wrong. */
export const inTexts = ({ texts }: RowView, look: (text: Text) => string | null): readonly Finding[] => {
  let found: Finding[] | null = null;
  for (const text of texts) {
    const excerpt = look(text);
    if (excerpt !== null) (found ??= []).push({ message: text.message, below: text.below, excerpt });
  }
  return found ?? NOTHING;
};
const NOTHING: readonly Finding[] = [];

/** Whether one of these stands in the text: quicker than a pattern, for what hardly any text has. */
export const hasAny = (text: string, words: readonly string[]): boolean => {
  for (const word of words) if (text.includes(word)) return true;
  return false;
};

const AROUND = 40;

/** A little of what stands around an offset. */
export const around = (text: string, at: number): string =>
  excerptOf(text.slice(Math.max(0, at - AROUND), at + AROUND));

/** What a pattern finds, with what stands around it; null where it finds nothing. */
export const match = (text: string, pattern: RegExp): string | null => {
  const at = text.search(pattern);
  return at < 0 ? null : around(text, at);
};
