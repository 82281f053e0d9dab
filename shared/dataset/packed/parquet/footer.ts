/** What a Parquet file says of itself at its end, https://github.com/apache/parquet-format */
import { broken, Cursor, numberIn, readStruct, structIn, structsIn, textIn, type Struct } from './thrift.ts';

export const TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED',
] as const;
export type Type = (typeof TYPES)[number];

/** What a value or a group stands for. */
export type Meaning = 'none' | 'list' | 'map' | 'text' | 'decimal' | 'date' | 'time';

export type Node = {
  readonly name: string;
  readonly repetition: 'required' | 'optional' | 'repeated';
  readonly meaning: Meaning;
  /** level from which the node is there, and that of its own repetition */
  readonly definition: number;
  readonly repeats: number;
  readonly children: readonly Node[];
  /** null for a group */
  readonly leaf: Leaf | null;
};
export type Leaf = {
  /** among all leaves */
  readonly index: number;
  readonly type: Type;
  readonly length: number;
  readonly scale: number;
  /** ticks of a second, for times */
  readonly ticks: number;
};

export type Chunk = {
  readonly codec: number;
  readonly values: number;
  readonly from: number;
  readonly to: number;
};
export type Footer = {
  readonly root: Node;
  readonly groups: readonly { readonly rows: number; readonly chunks: readonly Chunk[] }[];
};

const DEEPEST = 24;
const MOST_NODES = 4096;
const CONVERTED: Readonly<Record<number, Meaning>> = {
  0: 'text',
  1: 'map',
  3: 'list',
  4: 'text',
  5: 'decimal',
  6: 'date',
  9: 'time',
  10: 'time',
  19: 'text',
};
const LOGICAL: Readonly<Record<number, Meaning>> = {
  1: 'text',
  2: 'map',
  3: 'list',
  4: 'text',
  5: 'decimal',
  6: 'date',
  8: 'time',
  12: 'text',
};

const meaningOf = (element: Struct): Meaning => {
  const logical = element.get(10);
  const known = logical instanceof Map ? [...logical.keys()].map((id) => LOGICAL[Number(id)]) : [];
  return known[0] ?? CONVERTED[numberIn(element, 6, -1)] ?? 'none';
};

/** A timestamp's unit: 1 milliseconds, 2 microseconds, 3 nanoseconds. */
const ticksOf = (element: Struct): number => {
  const logical = element.get(10);
  const stamp = logical instanceof Map ? logical.get(8) : undefined;
  const unit = stamp instanceof Map ? stamp.get(2) : undefined;
  const id = unit instanceof Map ? Number([...unit.keys()][0]) : numberIn(element, 6, 9) === 10 ? 2 : 1;
  return 1000 ** id;
};

const treeOf = (elements: readonly Struct[]): Node => {
  let [next, leaves] = [0, 0];
  const read = (above: { definition: number; repeats: number }, depth: number): Node => {
    const element = elements[next++] ?? broken('its schema is cut');
    if (depth > DEEPEST) broken('its schema nests too deep');
    const repetition =
      depth === 0 ? 'required' : (['required', 'optional', 'repeated'] as const)[numberIn(element, 3, 0)];
    if (repetition === undefined) return broken('its schema is damaged');
    const own = {
      definition: above.definition + (repetition === 'required' ? 0 : 1),
      repeats: above.repeats + (repetition === 'repeated' ? 1 : 0),
    };
    const count = numberIn(element, 5, 0);
    const base = { name: textIn(element, 4), repetition, meaning: meaningOf(element), ...own };
    if (count > 0) {
      if (count > elements.length) broken('its schema is cut');
      const children = Array.from({ length: count }, () => read(own, depth + 1));
      return { ...base, children, leaf: null };
    }
    const type = TYPES[numberIn(element, 1, -1)] ?? broken('a column has no type');
    const leaf = {
      index: leaves++,
      type,
      length: numberIn(element, 2, 0),
      scale: numberIn(element, 7, 0),
      ticks: ticksOf(element),
    };
    return { ...base, children: [], leaf };
  };
  const root = read({ definition: 0, repeats: 0 }, 0);
  if (root.leaf || next !== elements.length) broken('its schema is damaged');
  return root;
};

const chunkOf = (column: Struct, size: number): Chunk => {
  if (!column.has(3) || column.has(8)) broken('it is encrypted');
  const meta = structIn(column, 3);
  const values = numberIn(meta, 5);
  if (values === 0) return { codec: 0, values, from: 0, to: 0 }; // of a group without rows, pages or not
  const data = numberIn(meta, 9);
  const dictionary = numberIn(meta, 11, 0);
  const from = dictionary > 0 ? Math.min(dictionary, data) : data;
  const to = from + numberIn(meta, 7);
  if (from < 4 || !(to <= size - 8) || to < from) broken('a column lies outside of the file');
  return { codec: numberIn(meta, 4), values, from, to };
};

export const leavesOf = (node: Node): readonly Node[] =>
  node.leaf ? [node] : node.children.flatMap(leavesOf);

export const readFooter = (bytes: Uint8Array): Footer => {
  const size = bytes.length;
  const ends = (at: number): string => new TextDecoder('latin1').decode(bytes.subarray(at, at + 4));
  if (size < 12 || ends(size - 4) !== 'PAR1') broken('it ends too early');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(size - 8, true);
  if (length > size - 12) broken('its footer is longer than the file');
  const footer = readStruct(new Cursor(bytes, size - 8 - length, size - 8));
  const elements = structsIn(footer, 2);
  if (elements.length > MOST_NODES) broken(`${elements.length} columns, the most is ${MOST_NODES}`);
  const root = treeOf(elements);
  const columns = leavesOf(root).length;
  const groups = structsIn(footer, 4).map((group) => {
    const chunks = structsIn(group, 1).map((column) => chunkOf(column, size));
    if (chunks.length !== columns) broken('a group has not every column');
    return { rows: numberIn(group, 3), chunks };
  });
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows !== numberIn(footer, 3)) broken('its rows do not add up');
  return { root, groups };
};
