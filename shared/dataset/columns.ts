/** What people call their columns, and how a recipe says so itself. */
import { readLoosely } from './loose-json.ts';
import { isFields, step, type Fields } from './place.ts';
import type { Defect } from './problems.ts';

/** The usual names of a side, then those that count only where none of the names before stands. */
const ALIASES = {
  prompt: [
    ['prompt', 'question', 'query', 'input', 'instruction'],
    'problem inputs input_text text_input user human 问题 提问 输入 指令'.split(' '),
    ['context'],
  ],
  completion: [
    ['completion', 'answer', 'response', 'output', 'target'],
    'targets solution answer_key output_text generation ideal content assistant gpt bot 答案 回答 回复 输出'.split(
      ' ',
    ),
  ],
} as const;
export type Side = keyof typeof ALIASES;

export const namesOf = (side: Side): readonly string[] => ALIASES[side].flat();

/** Keys of the row that may be this side, in the row's own spelling. */
export const candidates = (value: Fields, side: Side): readonly string[] => {
  const keys = Object.keys(value);
  const among = (names: readonly string[]): readonly string[] =>
    keys.filter((key) => names.includes(key.trim().toLowerCase()));
  for (const names of ALIASES[side]) {
    const found = among(names);
    if (found.length > 0) return found;
  }
  return [];
};

/** Keys that a shape reads by their exact name. In a table they may be written `Instruction` or `System `. */
const EXACT = new Set(
  (
    'messages conversations conversation dialogue dialog turns items contents instruction input output context system ' +
    'history text label kto_tag chosen rejected tools functions'
  ).split(' '),
);

/** Other names of such keys. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([['system_prompt', 'system']]);

/** Keys whose value is a list or an object, which a table can only hold as JSON text. */
const STRUCTURED = new Set(
  (
    'messages conversations conversation dialogue dialog turns items contents history instances ' +
    'preferred_output non_preferred_output preferred_completion non_preferred_completion'
  ).split(' '),
);
/** Keys whose value may be a text as well: only a message or a list of them is taken for JSON. */
const EITHER = new Set(['prompt', 'completion', 'chosen', 'rejected', 'input', 'rejected_messages']);

/** JSON, or what Python's str() makes of lists and dictionaries, as pandas writes them into a table. */
const parsed = (text: string): unknown => {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    const loose = readLoosely(text);
    const python = loose?.liberties.every((liberty) => liberty === 'quotes' || liberty === 'python');
    return loose && python ? loose.value : text;
  }
};

const isMessage = (value: unknown): boolean =>
  isFields(value) && ('role' in value || 'from' in value) && ('content' in value || 'value' in value);
const holdsMessages = (value: unknown): boolean =>
  isMessage(value) ||
  (Array.isArray(value) && value.length > 0 && value.every(isMessage)) ||
  (isFields(value) && holdsMessages(value['messages']));

const opened = (key: string, value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  if (STRUCTURED.has(key)) return parsed(value);
  if (!EITHER.has(key)) return value;
  const inner = parsed(value);
  return holdsMessages(inner) ? inner : value;
};

export type Mapped = {
  readonly value: Fields;
  readonly defects: readonly Defect[];
  /** the pointer into the row as it came */
  readonly original: (pointer: string) => string;
};

/** Our name → the row's own, where they differ. */
type Names = readonly (readonly [ours: string, theirs: string])[];

const spelled = (value: Fields): Names =>
  Object.keys(value).flatMap((key) => {
    const plain = key.trim().toLowerCase();
    const ours = SYNONYMS.get(plain) ?? plain;
    return ours !== key && EXACT.has(ours) && !Object.hasOwn(value, ours) ? [[ours, key] as const] : [];
  });

const backTo =
  (names: Names) =>
  (pointer: string): string => {
    const found = names.find(([ours]) => pointer === step(ours) || pointer.startsWith(`${step(ours)}/`));
    return found ? step(found[1]) + pointer.slice(step(found[0]).length) : pointer;
  };

/** No key is spelled otherwise than a shape reads it, and no value may be JSON text. */
const isNormal = (value: Fields): boolean => {
  for (const key in value) {
    const text = typeof value[key] === 'string';
    if (EXACT.has(key) ? text : text || EXACT.has(key.trim().toLowerCase())) return false;
  }
  return true;
};

/** The row with the columns of a table as a shape reads them: usual spelling, lists that were JSON text opened. */
const normalised = (value: Fields): { readonly value: Fields; readonly names: Names } => {
  if (isNormal(value)) return { value, names: [] };
  const names = spelled(value);
  const ours = new Map(names.map(([our, theirs]) => [theirs, our]));
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const name = ours.get(key) ?? key;
    return [name, opened(name, inner)];
  });
  const same = names.length === 0 && entries.every(([key, inner]) => value[key] === inner);
  return { value: same ? value : Object.fromEntries(entries), names };
};

/** The row under our names. Other columns that could be a mapped side are set aside, as the recipe has decided. */
export const mapColumns = (row: Fields, columns: Readonly<Record<string, string>>): Mapped => {
  const chosen = Object.entries(columns);
  const missing = chosen.filter(([, column]) => !Object.hasOwn(row, column));
  const taken = new Set([
    ...chosen.flat(),
    ...(Object.hasOwn(columns, 'prompt') ? candidates(row, 'prompt') : []),
    ...(Object.hasOwn(columns, 'completion') ? candidates(row, 'completion') : []),
  ]);
  const rest = chosen.length === 0 ? [] : Object.entries(row).filter(([key]) => !taken.has(key));
  const mapped = chosen.map(([ours, column]) => [ours, row[column]] as const);
  const { value, names } = normalised(chosen.length === 0 ? row : Object.fromEntries([...mapped, ...rest]));
  return {
    value,
    defects: missing.map(([ours, column]) => ({
      code: 'missing_column',
      pointer: step(column),
      excerpt: `${ours}: no column ${column} among ${Object.keys(row).join(', ')}`.slice(0, 120),
    })),
    original: backTo([...chosen, ...names]),
  };
};
