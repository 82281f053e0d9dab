/** Columns → records, by their levels: https://research.google/pubs/pub36632/ (Dremel). */
import { leavesOf, type Leaf, type Node } from './footer.ts';
import type { Column } from './pages.ts';
import { broken } from './thrift.ts';
import type { Plain } from './values.ts';

const DAY = 86_400_000;
const decoder = new TextDecoder();

const instant = (milliseconds: number): string | number => {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? milliseconds : date.toISOString();
};

/** A big-endian number of any length. */
const bigEndian = (bytes: Uint8Array): number => {
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return bytes.length > 0 && bytes[0]! >= 0x80 ? value - 256 ** bytes.length : value;
};

/** A value as JSON has it. Numbers beyond 2^53 become text. */
const jsonOf = (value: Plain, { meaning, leaf }: Node, { type, scale, ticks }: Leaf = leaf!): unknown => {
  if (value instanceof Uint8Array) {
    if (meaning === 'decimal') return bigEndian(value) * 10 ** -scale;
    if (type === 'INT96') {
      const view = new DataView(value.buffer, value.byteOffset, 12);
      return instant(
        (view.getUint32(8, true) - 2_440_588) * DAY + Number(view.getBigInt64(0, true) / 1_000_000n),
      );
    }
    return decoder.decode(value);
  }
  if (typeof value === 'boolean') return value;
  const number = Number(value);
  if (meaning === 'decimal') return number * 10 ** -scale;
  if (meaning === 'date')
    return typeof value === 'number' ? String(instant(number * DAY)).slice(0, 10) : number;
  if (meaning === 'time' && type === 'INT64') return instant((number / ticks) * 1000);
  return typeof value === 'bigint' && !Number.isSafeInteger(number) ? String(value) : number;
};

/** A column, and how far it was read. */
type Reading = { readonly column: Column; at: number; value: number };

/** `{ list: [{ element }] }` is a list, `{ key_value: [{ key, value }] }` an object. */
const simplified = ({ meaning, children }: Node, value: Record<string, unknown>): unknown => {
  const [only, ...others] = children;
  const inner = only && value[only.name];
  if (!only || others.length > 0 || !Array.isArray(inner)) return value;
  if (meaning === 'list')
    return only.children.length === 1
      ? inner.map((entry: Record<string, unknown>) => entry[only.children[0]!.name])
      : inner;
  const [key, held] = only.children;
  if (meaning !== 'map' || !key || !held) return value;
  return Object.fromEntries(
    inner.map((entry: Record<string, unknown>) => [String(entry[key.name]), entry[held.name]]),
  );
};

/** Hands out one record after another; `done` tells whether every value was used. */
export const assembler = (root: Node, columns: readonly Column[]) => {
  const readings: Reading[] = columns.map((column) => ({ column, at: 0, value: 0 }));
  const beneath = new Map<Node, readonly Node[]>();
  const leaves = (node: Node): readonly Node[] => {
    const known = beneath.get(node) ?? leavesOf(node);
    beneath.set(node, known);
    return known;
  };
  const first = (node: Node): Reading => readings[leaves(node)[0]!.leaf!.index]!;
  const definition = (node: Node): number => {
    const { column, at } = first(node);
    return column.definitions[at] ?? broken('a column is too short');
  };
  const skip = (node: Node): void => {
    for (const { leaf } of leaves(node)) readings[leaf!.index]!.at += 1;
  };
  // What a struct has not is null there: whoever wrote the rows left it out, as the arguments of another tool's call.
  const content = (node: Node): unknown => {
    if (node.leaf) {
      const reading = readings[node.leaf.index]!;
      if (reading.column.definitions[reading.at] !== node.definition) broken('a value is missing');
      reading.at += 1;
      return jsonOf(reading.column.values[reading.value++] ?? broken('a value is missing'), node);
    }
    const entries = node.children.map((child) => [child.name, field(child)] as const);
    const value = Object.fromEntries(node === root ? entries : entries.filter(([, inner]) => inner !== null));
    return simplified(node, value);
  };
  const field = (node: Node): unknown => {
    if (node.repetition === 'required') return content(node);
    if (definition(node) < node.definition) {
      skip(node);
      return node.repetition === 'optional' ? null : [];
    }
    if (node.repetition === 'optional') return content(node);
    const list: unknown[] = [];
    do list.push(content(node));
    while (first(node).column.repeats[first(node).at] === node.repeats);
    return list;
  };
  return {
    record: (): unknown => content(root),
    done: (): boolean => readings.every(({ column, at }) => at === column.definitions.length),
  };
};
