/** Declared tools, and what of a call does not fit them: as much of JSON Schema as tools use. */
import { excerptOf, isFields, step, type Fields } from '../place.ts';
import type { RowView } from './view.ts';

export type Tool = { readonly name: string | null; readonly parameters: unknown };

export const toolsOf = ({ row }: RowView): readonly Tool[] =>
  row.kind === 'text' || !row.tools
    ? []
    : row.tools.map((tool) => {
        const declared = isFields(tool['function']) ? tool['function'] : tool;
        const { name, parameters } = declared;
        return { name: typeof name === 'string' && name !== '' ? name : null, parameters };
      });

export type Misfit = {
  readonly what: 'missing' | 'unknown' | 'type';
  /** JSON pointer into the arguments */
  readonly at: string;
  readonly excerpt: string;
};

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  array: Array.isArray,
  object: isFields,
  null: (value) => value === null,
};

const hasType = (value: unknown, type: unknown): boolean => {
  const names = (Array.isArray(type) ? type : [type]).filter(
    (name): name is string => typeof name === 'string' && Object.hasOwn(TYPES, name),
  );
  return names.length === 0 || names.some((name) => TYPES[name]!(value));
};

const objectMisfits = (value: Fields, schema: Fields, at: string): readonly Misfit[] => {
  const properties = isFields(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [];
  const open = schema['additionalProperties'];
  const closed = open === false || (open === undefined && at === '' && Object.keys(properties).length > 0);
  return [
    ...required
      .filter((key): key is string => typeof key === 'string' && !Object.hasOwn(value, key))
      .map((key) => ({ what: 'missing' as const, at: at + step(key), excerpt: key })),
    ...Object.entries(value).flatMap(([key, inner]): readonly Misfit[] => {
      const pointer = at + step(key);
      if (Object.hasOwn(properties, key)) return misfits(inner, properties[key], pointer);
      return closed ? [{ what: 'unknown', at: pointer, excerpt: `${key}: ${excerptOf(inner)}` }] : [];
    }),
  ];
};

/** Arguments that a schema forbids. At the top an argument must be declared, as a caller would have it. */
export const misfits = (value: unknown, schema: unknown, at = ''): readonly Misfit[] => {
  if (!isFields(schema) || schema['anyOf'] || schema['oneOf'] || schema['$ref']) return [];
  const wrong = (why: string): readonly Misfit[] => [
    { what: 'type', at, excerpt: `${at.slice(1)}: ${excerptOf(value)}, not ${why}` },
  ];
  if (!hasType(value, schema['type']))
    return value === null && schema['nullable'] === true ? [] : wrong(String(schema['type']));
  const allowed = schema['enum'];
  if (Array.isArray(allowed) && allowed.length > 0 && !allowed.includes(value))
    return wrong(`one of ${allowed.slice(0, 6).join(', ')}`);
  if (isFields(value)) return objectMisfits(value, schema, at);
  if (Array.isArray(value)) return value.flatMap((item, i) => misfits(item, schema['items'], at + step(i)));
  return [];
};
