import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeText } from '../../../shared/dataset/decode.ts';
import { defectOf } from '../../../shared/dataset/unreadable.ts';
import { inChunks } from './drop.ts';

const decode = async (
  bytes: Uint8Array,
  size: number,
): Promise<{ text: string; encoding: string; error: unknown }> => {
  let [text, encoding, error] = ['', '', null as unknown];
  try {
    for await (const piece of decodeText(inChunks(bytes, size), (found) => (encoding = found))) text += piece;
  } catch (caught) {
    error = defectOf(caught) ?? caught;
  }
  return { text, encoding, error };
};

const utf16be = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
const TEXT = '{"a": "é 西 😀"}\r\n'.repeat(400); // longer than what is sniffed

test.each([1, 3, 7, 5000, 65_536])('every encoding reads the same in chunks of %i bytes', async (size) => {
  const bodies = {
    'utf-8': [Buffer.from(TEXT), Buffer.from(`\ufeff${TEXT}`)],
    'utf-16le': [Buffer.from(`\ufeff${TEXT}`, 'utf16le'), Buffer.from(TEXT, 'utf16le')],
    'utf-16be': [utf16be(TEXT), utf16be(TEXT).subarray(2)],
  };
  for (const [encoding, all] of Object.entries(bodies)) {
    for (const body of all) expect(await decode(body, size)).toEqual({ text: TEXT, encoding, error: null });
  }
});

/** `{"问":"西红柿是什么？😀"}` and a line end, by Python's codec. */
const GB18030 = Buffer.from('7b22ceca223a22cef7baeccac1cac7cab2c3b4a3bf9439fc36227d0a', 'hex');
const CHINESE = '{"问":"西红柿是什么？😀"}\n';

test.each([1, 3, 65_536])('GB18030 is told from its bytes, in chunks of %i', async (size) => {
  const { text, encoding, error } = await decode(Buffer.concat(Array(300).fill(GB18030)), size);
  expect({ encoding, error }).toEqual({ encoding: 'gb18030', error: null });
  expect(text).toBe(CHINESE.repeat(300));
});

test.each([1, 100, 65_536])(
  'a bad byte is found at its line and offset in chunks of %i bytes',
  async (size) => {
    const good = `${'x'.repeat(99)}\n`.repeat(60);
    const { text, error } = await decode(
      Buffer.concat([Buffer.from(`${good}ab`), Buffer.from([0xb0]), Buffer.from('c\n')]),
      size,
    );
    expect(error).toMatchObject({
      code: 'not_text',
      line: 61,
      excerpt: expect.stringContaining('0xb0 at offset 6002'),
    });
    expect(text).toBe(`${good}ab`);
  },
);

test.each([
  ['half a character at the end', Buffer.from('ab西').subarray(0, 4), 'the end'],
  ['zero bytes', Buffer.from([0x61, 0, 0x62]), 'zero byte at offset 1'],
  ['zero bytes on both sides', Buffer.from('{\0\0"\0a\0\0', 'latin1'), 'zero byte'],
  [
    'an odd byte of UTF-16',
    Buffer.concat([Buffer.from('\ufeffab', 'utf16le'), Buffer.from([0x61])]),
    'the end',
  ],
  ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 1]), 'gzip'],
  ['a spreadsheet', Buffer.from('PK\u0003\u0004rest'), 'zip'],
  [
    'EUC-KR',
    Buffer.from(
      'bec8b3e7c7cfbcbcbfe42e20b9abbef9c0bb20b5b5bfcdb5e5b8b1b1eebfe43f20bfc0b4c320b3afbebeb4c220b8bcbdc0b4cfb4d92e',
      'hex',
    ),
    'does not fit utf-8',
  ],
  ['Latin-1', Buffer.from('{"a":"\xe9t\xe9 d\xe9j\xe0"}', 'latin1'), '0x74 at offset 7'],
])('%s is refused as no text', async (_, bytes, word) => {
  expect((await decode(bytes, 2)).error).toMatchObject({
    code: 'not_text',
    excerpt: expect.stringContaining(word),
  });
});

test('any text comes through, wherever it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 5 }), async (text, size) => {
      fc.pre(!text.startsWith('\ufeff') && !text.includes('\0') && !/^(PK|%PDF|PAR1)/.test(text));
      expect((await decode(Buffer.from(text), size)).text).toBe(text);
    }),
    { numRuns: 200 },
  );
});
