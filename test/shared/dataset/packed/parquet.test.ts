import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { readParquet } from '../../../../shared/dataset/packed/parquet/index.ts';
import { defectOf } from '../../../../shared/dataset/unreadable.ts';
import { drop, linesOf } from '../drop.ts';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../../fixtures/dataset/${name}`, import.meta.url));

/** `[line, value]` of each row, the defect's code and excerpt at the end. */
const read = async (bytes: Uint8Array): Promise<readonly unknown[]> => {
  const rows: unknown[] = [];
  try {
    for await (const row of readParquet(bytes))
      rows.push([row.line, 'value' in row ? row.value : row.error.code]);
  } catch (error) {
    const { code, excerpt } = defectOf(error) ?? { code: String(error), excerpt: '' };
    rows.push(code, excerpt);
  }
  return rows;
};

/** Arrow gives every struct of a column the members of all: those that a row has not are null. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(members.map(([name, inner]) => [name, withoutNulls(inner)]));
};

type Column = { readonly name: string; readonly data: unknown[]; readonly [option: string]: unknown };
const write = (columnData: readonly Column[], more: object = {}): Uint8Array =>
  new Uint8Array(parquetWriteBuffer({ columnData: columnData as never, ...more }));

describe('Parquet', () => {
  const rows = JSON.parse(fixture('rows.json').toString()) as readonly Record<string, unknown>[];
  test('lists, structs and nulls of Arrow come through, group by group; a struct has no member that is null', async () => {
    const asRead = rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, withoutNulls(value)])),
    );
    expect(await read(fixture('nested.parquet'))).toEqual(asRead.map((row, i) => [i + 1, row]));
  });
  test('a table without rows has none', async () => {
    // pyarrow.parquet.write_table(pyarrow.table({"a": pyarrow.array([], pyarrow.string())}), …)
    const empty =
      'UEFSMRUEFQAVAkwVABUAEgAAABUEGSw1ABgGc2NoZW1hFQIAFQwlAhgBYSUATBwAAAAWABkcGRwmABwVDBklAAYZGAFhFQIWABYcFh4mACYIKRwVBB' +
      'UAFQIAAAAWHBYAJggWHgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGRwcAAAAegAAAFBBUjE=';
    expect(await read(Buffer.from(empty, 'base64'))).toEqual([]);
  });
  test('so do differences, prefixes and split bytes', async () => {
    const names = ['prompt', 'big', 'share', 'good', 'maybe'];
    expect(await read(fixture('deltas.parquet'))).toEqual(
      rows.map((row, i) => [i + 1, Object.fromEntries(names.map((name) => [name, row[name]]))]),
    );
  });

  test('any texts and numbers come through, whatever the codec', async () => {
    const texts = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'b', null)), {
      minLength: 1,
    });
    const codec = fc.constantFrom('UNCOMPRESSED', 'SNAPPY', 'GZIP');
    await fc.assert(
      fc.asyncProperty(texts, codec, fc.integer({ min: 7, max: 50 }), async (data, packed, rowGroupSize) => {
        const numbers = data.map((_, i) => (i % 3 === 0 ? null : i * 1.5));
        const bytes = write(
          [
            { name: 'text', data, type: 'STRING', nullable: true },
            { name: 'n', data: numbers, type: 'DOUBLE', nullable: true },
          ],
          { codec: packed, rowGroupSize, compressors: { GZIP: (input: Uint8Array) => gzipSync(input) } },
        );
        expect(await read(bytes)).toEqual(data.map((text, i) => [i + 1, { text, n: numbers[i] }]));
      }),
      { numRuns: 40 },
    );
  });

  test('rows are told by their numbers', async () => {
    const data = Array.from({ length: 20 }, (_, i) => (i === 7 ? '' : `w${i}`));
    const questions = data.map((_, i) => `q${i}`);
    const body = write([
      { name: 'prompt', data: questions, type: 'STRING' },
      { name: 'completion', data, type: 'STRING' },
    ]);
    const { report } = await drop({ file: 'train.parquet', body });
    expect(linesOf(report)).toMatchObject({ empty_answer: [8] });
    expect(report).toMatchObject({
      status: 'ready',
      shape: 'prompt-completion',
      rows: { in: 20, dropped: 1 },
    });
  });
});

describe('hostile Parquet is refused by code', () => {
  const good = write([
    { name: 'text', data: Array.from({ length: 100 }, (_, i) => `text ${i}`), type: 'STRING' },
  ]);
  test.each([0, 4, 11, 12, good.length - 9, good.length - 1])('cut after %i bytes', async (length) => {
    expect((await read(good.subarray(0, length))).slice(-2, -1)).toEqual(['unreadable_parquet']);
  });
  test('a footer longer than the file', async () => {
    const bytes = Buffer.from(good);
    bytes.writeUInt32LE(0x7fffffff, bytes.length - 8);
    expect(await read(bytes)).toEqual(['unreadable_parquet', 'its footer is longer than the file']);
  });
  test('a codec that is not read is named', async () => {
    const bytes = write([{ name: 'text', data: ['a'], type: 'STRING' }], {
      codec: 'BROTLI',
      compressors: { BROTLI: (input: Uint8Array) => input },
    });
    expect(await read(bytes)).toEqual(['unreadable_parquet', 'it is packed with Brotli']);
  });
  test('one long text that two thousand rows point at', async () => {
    const data = Array.from({ length: 2000 }, () => 'x'.repeat(10_000));
    const bytes = write([{ name: 'text', data, type: 'STRING' }], { codec: 'SNAPPY' });
    expect(bytes.length).toBeLessThan(30_000);
    expect((await read(bytes)).slice(-2, -1)).toEqual(['archive_bomb']);
  });
  const refusals = ['unreadable_parquet', 'archive_broken', 'archive_bomb'];
  const PAGE_OF_ANOTHER_CODEC: [at: number, byte: number][] = [
    [498, 12],
    [0, 0],
  ];
  test('any byte of it changed: an answer, and no more rows than it has', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const bytes = Buffer.from(good);
          for (const [at, byte] of changes) bytes[at] = byte;
          const rows = await read(bytes);
          if (rows.length !== 100) expect(refusals).toContain(rows.at(-2));
        },
      ),
      { numRuns: 500, examples: [[PAGE_OF_ANOTHER_CODEC]] },
    );
  });
});
