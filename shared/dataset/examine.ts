/** One input row → its canonical form and all that is wrong with it. */
import type { Recipe, Shape } from '../contracts/recipe.ts';
import type { Fate, Row } from '../contracts/row.ts';
import type { Finding } from './checks/check.ts';
import { kindOf, ROW_CHECKS } from './checks/index.ts';
import { traitsOf, type Traits } from './checks/traits.ts';
import { viewOf, type RowView } from './checks/view.ts';
import { mapColumns } from './columns.ts';
import { clip, excerptOf, isAbsent, isFields, type Fields } from './place.ts';
import type { Defect } from './problems.ts';
import { detectShape, SHAPES } from './shapes/index.ts';
import { MEDIA, mediaOf } from './shapes/media.ts';
import type { ShapeReader } from './shapes/shape.ts';

/** As a `Defect`, and the findings of checks too. */
export type Fault = Omit<Defect, 'code'> & { readonly code: string };

export type Examined = {
  readonly shape: Shape | null;
  /** null where nothing could be made of the input */
  readonly row: Row | null;
  readonly faults: readonly Fault[];
  /** null = nothing speaks against it so far */
  readonly fate: Fate | null;
  readonly reason: string | null;
  /** pointer into the input of what stands below a message of the row; null = of what belongs to all messages */
  readonly place: Place;
  /** null where there is no row */
  readonly traits: Traits | null;
};

export type Place = (message: number | null, below: string) => string;
const NOWHERE: Place = () => '';

/** Fate by the first fault that has one. */
export const judged = (
  shape: Shape | null,
  row: Row | null,
  faults: readonly Fault[],
  { place, traits }: Pick<Examined, 'place' | 'traits'> = { place: NOWHERE, traits: null },
): Examined => {
  const decisive = faults.find(({ code }) => kindOf(code).fate !== null);
  return {
    shape,
    row,
    faults,
    fate: decisive ? kindOf(decisive.code).fate : null,
    reason: decisive?.code ?? null,
    place,
    traits,
  };
};

const READ = new Map(
  Object.values(SHAPES).map(({ name, keys, alsoReads = [] }) => [
    name,
    new Set([...keys, ...alsoReads, ...MEDIA]),
  ]),
);

const unused = (value: Fields, { name }: ShapeReader): readonly Defect[] => {
  const known = READ.get(name)!;
  const extra: string[] = [];
  for (const key of Object.keys(value))
    if (!known.has(key) && !known.has(key.trim().toLowerCase()) && !isAbsent(value[key])) extra.push(key);
  return extra.length === 0
    ? []
    : [
        {
          code: 'unused_keys',
          pointer: '',
          excerpt: clip(extra.map((key) => key || '(no name)').join(', ')),
        },
      ];
};

const withSystem = (row: Row, system: string | undefined): Row =>
  system === undefined || row.kind === 'text' || row.messages.some(({ role }) => role === 'system')
    ? row
    : { ...row, messages: [{ role: 'system', content: system }, ...row.messages] };

type Found = readonly (Finding & { readonly code: string })[];
const NOTHING: Found = [];

/** What checks find in each row; null = there is no row. One check looks at all of them before the next does: code stays
 *  in the processor's cache. */
const checkRows = (views: readonly (RowView | null)[]): readonly Found[] => {
  const all = views.map((): (Finding & { readonly code: string })[] | null => null);
  for (const { code, needs = -1, find } of ROW_CHECKS)
    for (let i = 0; i < views.length; i++) {
      const view = views[i];
      if (!view || (needs !== -1 && (view.has & needs) === 0)) continue;
      for (const finding of find(view)) (all[i] ??= []).push({ code, ...finding });
    }
  return all.map((found) => found ?? NOTHING);
};

/** A row as its shape reads it, before any check looked at it. */
type Read = {
  readonly shape: Shape;
  readonly row: Row | null;
  readonly view: RowView | null;
  /** with pointers into the input row */
  readonly faults: readonly Fault[];
  /** pointer into the input row of what stands below a message as it was read */
  readonly at: (message: number, below: string) => string;
};

const notObject = (input: unknown): Fault => {
  const talk =
    Array.isArray(input) && input.some((entry) => isFields(entry) && ('role' in entry || 'from' in entry));
  const fix = talk ? { fix: 'Write each conversation as an object: {"messages": [ … ]}' } : {};
  return { code: 'not_object', pointer: '', excerpt: excerptOf(input), ...fix };
};

/** Finds the shape (or takes the recipe's) and reads the row. */
const readRow = (input: unknown, data: Recipe['data']): Read | Examined => {
  if (!isFields(input)) return judged(null, null, [notObject(input)]);
  const { value, defects: unmapped, original } = mapColumns(input, data.columns);
  const found = data.shape === 'auto' ? detectShape(value) : SHAPES[data.shape];
  if ('code' in found) return judged(null, null, [...unmapped, found]);

  const { row, defects, pointer } = found.toRow(value);
  const view = row && viewOf(row);
  const form = [...defects, ...mediaOf(value, view, pointer), ...unused(value, found)].map((defect) =>
    Object.assign({}, defect, { pointer: original(defect.pointer) }),
  );
  return {
    shape: found.name,
    row,
    view,
    faults: [...unmapped, ...form],
    at: (message, below) => original(pointer(message, below)),
  };
};

const concluded = (
  { shape, row, view, faults: form, at }: Read,
  found: Found,
  data: Recipe['data'],
  remark: Defect | undefined,
): Examined => {
  const whole = row && withSystem(row, data.system);
  const added = row && whole && row !== whole ? 1 : 0;
  const place: Place = (message, below) =>
    message === null || message < added ? below : at(message - added, below);
  const content = found.map(({ code, message, below, excerpt }) => ({
    code,
    pointer: at(message, below),
    excerpt,
  }));
  const faults = [...(remark ? [remark] : []), ...form, ...content];
  return judged(shape, whole, faults, { place, traits: view && traitsOf(view) });
};

/** An input row, and what was to be said of it before it was read. */
export type Input = { readonly value: unknown; readonly remark?: Defect | undefined };

/** Finds shapes (or takes the recipe's), reads the rows, runs every row check. Pointers lead into the input rows. */
export const examineAll = (inputs: readonly Input[], data: Recipe['data']): readonly Examined[] => {
  const read = inputs.map(({ value }) => readRow(value, data));
  const found = checkRows(read.map((one) => ('view' in one ? one.view : null)));
  return read.map((one, i) => ('view' in one ? concluded(one, found[i]!, data, inputs[i]!.remark) : one));
};

export const examine = (value: unknown, data: Recipe['data'], remark?: Defect): Examined =>
  examineAll([{ value, remark }], data)[0]!;
