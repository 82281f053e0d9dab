/** Rows written as files, in every container that is read. */
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { jsonlOf } from '../drop.ts';
import { xlsx, zip, zst } from '../packed/pack.ts';
import type { Fields } from './shapes.ts';

export type Wrapping = {
  readonly name: string;
  /** for rows whose values are texts only */
  readonly flat?: true;
  write(rows: readonly Fields[]): Uint8Array;
};

const namesOf = (rows: readonly Fields[]): readonly string[] => [...new Set(rows.flatMap(Object.keys))];

export const cellOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Of the row itself: a column may be called `toString`. */
const own = (row: Fields, name: string): unknown => (Object.hasOwn(row, name) ? row[name] : undefined);

const tableOf = (rows: readonly Fields[]): readonly (readonly string[])[] => {
  const names = namesOf(rows);
  return [names, ...rows.map((row) => names.map((name) => cellOf(own(row, name))))];
};

const separated = (rows: readonly Fields[], delimiter: string, end = '\n'): Buffer =>
  Buffer.from(
    tableOf(rows)
      .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter) + end)
      .join(''),
  );

const parquet = (rows: readonly Fields[]): Uint8Array => {
  const columnData = namesOf(rows).map((name) => ({
    name,
    data: rows.map((row) => own(row, name)).map((value) => (value === undefined ? null : cellOf(value))),
    type: 'STRING' as const,
    nullable: true,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 10 }));
};

const lines = (rows: readonly Fields[]): Buffer => Buffer.from(`${jsonlOf(rows)}\n`);
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

export const CONTAINERS: readonly Wrapping[] = [
  { name: 'x.jsonl', write: lines },
  { name: 'x.ndjson', write: (rows) => Buffer.from(`\ufeff\n${jsonlOf(rows).replaceAll('\n', '\r\n\r\n')}`) },
  { name: 'x.json', write: (rows) => Buffer.from(JSON.stringify(rows, null, 2)) },
  { name: 'list.jsonl', write: (rows) => Buffer.from(JSON.stringify(rows)) },
  { name: 'inside.json', write: (rows) => Buffer.from(JSON.stringify({ version: '1', data: rows })) },
  { name: 'lines.json', write: lines },
  { name: 'lines.txt', write: lines },
  { name: 'wide.jsonl', write: (rows) => utf16(jsonlOf(rows)) },
  { name: 'wide.json', write: (rows) => utf16(JSON.stringify(rows)).swap16() },
  { name: 'x.jsonl.gz', write: (rows) => gzipSync(lines(rows)) },
  { name: 'x.json.gz', write: (rows) => gzipSync(JSON.stringify(rows)) },
  { name: 'x.jsonl.zst', write: (rows) => zst(lines(rows)) },
  { name: 'x.zip', write: (rows) => zip([{ name: 'data/train.jsonl', body: lines(rows) }]) },
  { name: 'unnamed', write: lines },
  { name: 'x.csv', flat: true, write: (rows) => separated(rows, ',') },
  { name: 'semicolon.csv', flat: true, write: (rows) => separated(rows, ';', '\r\n') },
  { name: 'x.tsv', flat: true, write: (rows) => separated(rows, '\t') },
  { name: 'x.csv.gz', flat: true, write: (rows) => gzipSync(separated(rows, ',')) },
  { name: 'x.xlsx', flat: true, write: (rows) => xlsx({ Sheet1: tableOf(rows) }) },
  { name: 'x.parquet', flat: true, write: parquet },
];
