/** What a check is: a row of facts and one function. A new check is a new file and its row in `index.ts`. */
import type { Recipe } from '../../contracts/recipe.ts';
import type { Fate, Message, Row, RowKind } from '../../contracts/row.ts';
import type { Kind } from '../problems.ts';

/** Message of the canonical row (0 for text; of a pair the prompt's, then the chosen answer's, then the rejected one's)
 *  and what of it: `/content`, `/tool_calls/0/function/arguments`, … */
export type Finding = { readonly message: number; readonly below: string; readonly excerpt: string };

/** Looks at one canonical row. */
export type RowCheck = Kind & { readonly code: string; find(row: Row): readonly Finding[] };

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

/** All rows, in the order in which they came. Facts are made as they are asked for: there may be millions. */
export type Rows = Iterable<Facts> & {
  readonly length: number;
  at(row: number): Facts;
  /** the canonical row, null where there is none; slow, since it is fetched and parsed */
  read(row: number): Row | null;
  /** of all rows in order, every so many hashes (`stride`) of runs of 13 words; none where a row was set aside at once */
  grams(): Iterable<{ readonly row: number; readonly grams: Int32Array }>;
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
export const refuses = { severity: 'error', fate: null, rejects: true, fixable: false } as const;

/** A conversation as a model would see it; a pair of answers makes two. */
export type Dialogue = {
  readonly messages: readonly Message[];
  /** the last answer is one to imitate: not so the rejected one of a pair, and one that was found bad */
  readonly imitated: boolean;
};

const dialoguesOf = (row: Row): readonly Dialogue[] => {
  if (row.kind === 'text') return [];
  const { messages } = row;
  if (row.kind !== 'preference') return [{ messages, imitated: row.kind === 'chat' || row.label }];
  return [
    { messages: [...messages, ...row.chosen], imitated: true },
    { messages: [...messages, ...row.rejected], imitated: false },
  ];
};

/** What is found in the conversations of a row, each thing once. */
export const inDialogues = (
  row: Row,
  look: (dialogue: Dialogue) => readonly Finding[],
): readonly Finding[] => {
  const [first = [], second = []] = dialoguesOf(row).map(look);
  if (row.kind !== 'preference') return first;
  const { messages: prompt, chosen } = row;
  const own = second.filter(({ message }) => message >= prompt.length);
  return [...first, ...own.map((finding) => ({ ...finding, message: finding.message + chosen.length }))];
};

const allMessages = (row: Row): readonly Message[] => {
  if (row.kind === 'text') return [];
  return row.kind === 'preference' ? [...row.messages, ...row.chosen, ...row.rejected] : row.messages;
};

export type Text = { readonly message: number; readonly below: string; readonly text: string };

/** Every text of a row that a model would see, tools apart. */
export const textsOf = (row: Row): readonly Text[] => {
  if (row.kind === 'text') return [{ message: 0, below: '', text: row.text }];
  return allMessages(row).flatMap(({ content, reasoning_content, tool_calls = [] }, message) => [
    ...(content === null ? [] : [{ message, below: '/content', text: content }]),
    ...(reasoning_content === undefined
      ? []
      : [{ message, below: '/reasoning_content', text: reasoning_content }]),
    ...tool_calls.flatMap(({ function: f }, i) => [
      { message, below: `/tool_calls/${i}/function/name`, text: f.name },
      { message, below: `/tool_calls/${i}/function/arguments`, text: f.arguments },
    ]),
  ]);
};

const AROUND = 40;

/** What a pattern finds in any text of a row, with a little of what stands around it. */
export const matches = (row: Row, pattern: RegExp, excerpt: (text: string) => string): readonly Finding[] =>
  textsOf(row).flatMap(({ text, ...place }) => {
    const at = text.search(pattern);
    return at < 0 ? [] : [{ ...place, excerpt: excerpt(text.slice(Math.max(0, at - AROUND), at + AROUND)) }];
  });
