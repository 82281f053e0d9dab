import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drop, jsonlOf, linesOf, pairs, type File } from '../drop.ts';
import { xlsx, zip, zst, zstBomb, type ZipMember } from './pack.ts';

/** `{"prompt":"q","completion":"w"}` in forty lines, by zstd -19. */
const ZSTD = 'KLUv/QRoTQEABAJ7InByb21wdCI6InEiLCJjb21wbGV0aW9uIjoidyJ9CgEA6Gb86gmM+hKH';
const ROWS = pairs(20);
const JSONL = jsonlOf(ROWS);
const CSV = ['prompt,completion', ...ROWS.map((p) => `${p.prompt},${p.completion}`)].join('\n');
const TABLE = [['prompt', 'completion'], ...ROWS.map((p) => [p.prompt, p.completion])];
const TEXTS = ROWS.map(({ prompt, completion }) => [prompt, completion]);

/** What came of a file: status, the texts of its rows, files, codes of problems. */
const check = async (body: string | Uint8Array, file = 'faq', more: Partial<File> = {}) => {
  const { report, rows } = await drop({ file, body, ...more });
  return {
    status: report.status,
    texts: rows.map(({ row }) => (row?.kind === 'chat' ? row.messages.map(({ content }) => content) : null)),
    files: report.files.map(({ file: name, role }) => `${role} ${name}`),
    codes: report.problems.map(({ code }) => code),
    report,
  };
};

describe('the same rows', () => {
  test.each([
    ['faq.jsonl.gz', gzipSync(JSONL)],
    ['faq.csv.gz', gzipSync(CSV)],
    ['faq.json.gz', gzipSync(JSON.stringify(ROWS))],
    ['two members.jsonl.gz', Buffer.concat([gzipSync(JSONL.slice(0, 200)), gzipSync(JSONL.slice(200))])],
    ['faq.jsonl.zst', zst(JSONL)],
    ['faq.xlsx', xlsx({ Sheet1: TABLE })],
    ['faq.xlsx', xlsx({ Notes: [], Rows: TABLE })],
    ['faq.zip', zip([{ name: 'faq.jsonl', body: JSONL }])],
    ['faq.zip', zip([{ name: 'faq/faq.csv', body: CSV, stored: true }])],
    ['faq.zip', zip([{ name: 'faq.xlsx', body: xlsx({ a: TABLE }) }])],
    ['faq.zip', zip([{ name: 'faq.jsonl.gz', body: gzipSync(JSONL) }])],
    ['wrong.jsonl', gzipSync(JSONL)],
    ['wrong.gz', Buffer.from(JSONL)],
    ['wrong.csv', xlsx({ a: TABLE })],
    ['wrong.zip', Buffer.from(CSV)],
    ['wrong.jsonl', Buffer.from(CSV)],
    ['wrong.json', Buffer.from(CSV)],
  ])('come out of %s', async (name, body) => {
    expect(await check(body, name)).toMatchObject({ status: 'ready', texts: TEXTS, codes: [] });
  });

  test('come out of a real Zstandard file', async () => {
    const packed = Buffer.from(ZSTD, 'base64');
    const { report } = await check(packed, 'a.jsonl.zst');
    expect(report.rows).toMatchObject({ in: 40, duplicate: 39 });
  });
});

const of = (...names: readonly string[]) =>
  zip(
    names.map((name, i) => ({
      name,
      body: /readme|license/i.test(name) ? 'read me' : jsonlOf(pairs(20, `${i}-`)),
    })),
  );

describe('an archive', () => {
  test('says by names what is to train on and what to test with', async () => {
    const { files, codes } = await check(
      of('data/train.jsonl', 'data/dev.jsonl', 'other.jsonl', 'README.md'),
      'a.zip',
    );
    expect(files).toEqual(['train a.zip/data/train.jsonl', 'valid a.zip/data/dev.jsonl']);
    expect(codes).toEqual(['ignored_file']);
  });
  test.each([
    [
      ['train-00000-of-00002.jsonl', 'train-00001-of-00002.jsonl', 'test-00000-of-00001.jsonl'],
      ['train', 'train', 'valid'],
    ],
    [
      ['a.jsonl', 'b.jsonl'],
      ['train', 'train'],
    ],
    [
      ['a.jsonl', 'validation.jsonl'],
      ['train', 'valid'],
    ],
    [['test.jsonl'], ['train']],
    [
      ['train/1.jsonl', 'valid/1.jsonl'],
      ['train', 'valid'],
    ],
    [['__MACOSX/._a.jsonl', '.DS_Store', 'a.jsonl', 'dataset_info.json', 'LICENSE.txt'], ['train']],
  ])('of %j', async (names, roles) => {
    const { report } = await check(of(...names), 'a.zip');
    expect(report.files.map(({ role }) => role).toSorted()).toEqual(roles);
    expect(report.status).toBe('ready');
  });
  test('sheets of a workbook are parts too', async () => {
    const book = xlsx({
      训练: TABLE,
      test: [
        ['prompt', 'completion'],
        ['other', 'one'],
      ],
    });
    expect((await check(book, 'a.xlsx')).files).toEqual(['train a.xlsx/训练', 'valid a.xlsx/test']);
  });
  test('names may be in GBK', async () => {
    const made = zip([{ name: 'xxxx.jsonl', body: JSONL }]);
    const named = Buffer.from(
      made.toString('latin1').replaceAll('xxxx', '\u00d1\u00b5\u00c1\u00b7'),
      'latin1',
    );
    expect((await check(named, 'a.zip')).files).toEqual(['train a.zip/训练.jsonl']);
  });
});

const cut = (body: Buffer, by = 30) => body.subarray(0, body.length - by);

describe('is refused by code', () => {
  const one = (more: Partial<ZipMember>) => zip([{ name: 'train.jsonl', body: JSONL, ...more }]);
  const flat = Buffer.alloc(100_000_000, ' ');
  test.each([
    ['a gzip bomb', gzipSync(flat), 'archive_bomb'],
    ['a zstd bomb', zstBomb(800), 'archive_bomb'],
    ['a zip bomb', one({ body: flat }), 'archive_bomb'],
    ['a zip bomb that hides its size', one({ body: flat, claims: 100 }), 'archive_broken'],
    ['a path up', one({ name: '../train.jsonl' }), 'archive_path'],
    ['a path up with a backslash', one({ name: 'a\\..\\..\\train.jsonl' }), 'archive_path'],
    ['an absolute path', one({ name: '/etc/train.jsonl' }), 'archive_path'],
    ['a drive', one({ name: 'C:/train.jsonl' }), 'archive_path'],
    ['a link', one({ mode: 0o120777, body: '/etc/passwd' }), 'archive_path'],
    ['a zip in a zip', one({ name: 'inner.zip', body: one({}) }), 'archive_nested'],
    ['a zip in a zip by another name', one({ body: one({}) }), 'archive_nested'],
    ['a gzip in a gzip', gzipSync(gzipSync(JSONL)), 'archive_nested'],
    ['a cut gzip', cut(gzipSync(JSONL)), 'archive_broken'],
    ['a cut zip', cut(one({})), 'archive_broken'],
    ['a cut zst', cut(zst(JSONL)), 'archive_broken'],
    ['a password', one({ encrypted: true }), 'archive_broken'],
    ['a wrong checksum', one({ crc: 1 }), 'archive_broken'],
    ['no rows inside', zip([{ name: 'a.png', body: 'x' }]), 'empty_file'],
    ['a Word document', zip([{ name: 'word/document.xml', body: '<w/>' }]), 'not_text'],
    [
      'a tar',
      gzipSync(Buffer.concat([Buffer.alloc(257, 'a'), Buffer.from('ustar'), Buffer.alloc(250)])),
      'not_text',
    ],
    ['an old spreadsheet', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'not_text'],
    [
      'a workbook that declares entities',
      zip([{ name: 'xl/workbook.xml', body: '<!DOCTYPE x [<!ENTITY a "b">]>' }]),
      'unreadable_xlsx',
    ],
    [
      'two columns of one name',
      xlsx({
        a: [
          ['a', 'a'],
          ['1', '2'],
        ],
      }),
      'unreadable_xlsx',
    ],
  ])('%s', async (_, body, code) => {
    const { status, codes, report } = await check(body, 'a.zip');
    expect({ status, codes }).toEqual({ status: 'rejected', codes: [code] });
    expect(report.problems[0]!.fix).not.toBe('');
  });

  test('a zip whose members share their bytes', async () => {
    const made = zip([
      { name: 'a.jsonl', body: JSONL },
      { name: 'b.jsonl', body: JSONL },
    ]);
    const second = made.lastIndexOf('PK\u0001\u0002');
    made.writeUInt32LE(0, second + 42);
    expect((await check(made, 'a.zip')).codes).toEqual(['archive_bomb']);
  });

  test('one broken member, and the rest is told', async () => {
    const made = zip([
      { name: 'train-1.jsonl', body: JSONL },
      { name: 'train-2.jsonl', body: JSONL, crc: 1 },
    ]);
    const { report } = await check(made, 'a.zip');
    expect(linesOf(report)).toMatchObject({ archive_broken: [null] });
    expect(report.problems[0]!.places[0]!.file).toBe('a.zip/train-2.jsonl');
  });
});

const asRead = (text: string): string => text.replaceAll('_x000D_', '\r');

test('a workbook of openpyxl', async () => {
  const body = readFileSync(new URL('../../../fixtures/dataset/book.xlsx', import.meta.url));
  expect((await check(body, 'book.xlsx')).texts).toEqual([
    ['a < b & c\nsecond line', '3.5'],
    ['西红柿 😀', 'true'],
  ]);
});

test('any table comes through a workbook as it was', async () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', ' ', '<', '&', '"', '\n', '\r', '_x000D_', '西', '😀', '1.50'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), async (cells) => {
      const kept = cells.filter(([a]) => a.trim() !== '').map(([a, b], i) => [`${i} ${a}`, `${b}.`]);
      const { texts } = await check(xlsx({ a: [['prompt', 'completion'], ...kept] }), 'a.xlsx');
      expect(texts).toEqual(kept.map((row) => row.map(asRead)));
    }),
    { numRuns: 50 },
  );
});
