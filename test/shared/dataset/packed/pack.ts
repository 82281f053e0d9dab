/** Files as other programs pack them, written here so that tests can spoil them. */
import { deflateRawSync } from 'node:zlib';
import { crc32 } from '../../../../shared/dataset/packed/crc32.ts';

export type ZipMember = {
  readonly name: string;
  readonly body: string | Uint8Array;
  /** unix mode, e.g. 0o120777 for a link */
  readonly mode?: number;
  readonly encrypted?: boolean;
  readonly stored?: boolean;
  /** what the directory says of its size */
  readonly claims?: number;
  readonly crc?: number;
};

const fields = (...values: readonly (readonly [bytes: number, value: number])[]): Buffer => {
  const out = Buffer.alloc(values.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of values) at = out.writeUIntLE(value, at, bytes);
  return out;
};

export const zip = (members: readonly ZipMember[]): Buffer => {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, body, mode = 0, encrypted = false, stored = false, claims, crc } of members) {
    const [bytes, file] = [Buffer.from(body), Buffer.from(name)];
    const packed = stored ? bytes : deflateRawSync(bytes);
    const common = [
      [2, encrypted ? 0x801 : 0x800],
      [2, stored ? 0 : 8],
      [4, 0],
      [4, crc ?? crc32(bytes)],
      [4, packed.length],
      [4, claims ?? bytes.length],
      [2, file.length],
      [2, 0],
    ] as const;
    const local = Buffer.concat([fields([4, 0x04034b50], [2, 20], ...common), file, packed]);
    const more = [
      [2, 0],
      [2, 0],
      [2, 0],
      [4, mode * 65_536],
      [4, offset],
    ] as const;
    central.push(Buffer.concat([fields([4, 0x02014b50], [2, 0x314], [2, 20], ...common, ...more), file]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const n = members.length;
  const end = fields(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, n],
    [2, n],
    [4, directory.length],
    [4, offset],
    [2, 0],
  );
  return Buffer.concat([...locals, directory, end]);
};

/** Zstandard that packs nothing: a frame of raw blocks. */
export const zst = (body: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(body);
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length || at === 0; at += 65_536) {
    const part = bytes.subarray(at, at + 65_536);
    const last = at + 65_536 >= bytes.length;
    blocks.push(fields([3, part.length * 8 + (last ? 1 : 0)]), part);
  }
  return Buffer.concat([fields([4, 0xfd2fb528], [1, 0x80], [1, 0x38], [4, bytes.length]), ...blocks]);
};

/** 128 KB in every four bytes. */
export const zstBomb = (blocks: number): Buffer => {
  const block = fields([3, 131_072 * 8 + 2], [1, 0x20]);
  const start = fields([4, 0xfd2fb528], [1, 0], [1, 0x38]);
  return Buffer.concat([start, ...Array.from({ length: blocks }, () => block), fields([3, 1])]);
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '_x000D_');

const column = (i: number): string =>
  (i < 26 ? '' : column(Math.floor(i / 26) - 1)) + String.fromCharCode(65 + (i % 26));

export type Table = readonly (readonly string[])[];

/** A workbook as Excel writes it, every second text shared. */
export const xlsx = (sheets: Readonly<Record<string, Table>>): Buffer => {
  const shared: string[] = [];
  const cell = (text: string, reference: string): string => {
    if (text === '') return '';
    if (/^\d+(\.\d+)?$/.test(text)) return `<c r="${reference}" s="1"><v>${text}</v></c>`;
    shared.push(text);
    return shared.length % 2 === 0
      ? `<c r="${reference}" t="s"><v>${shared.length - 1}</v></c>`
      : `<c r="${reference}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
  };
  const sheetXml = (table: Table): string =>
    `<?xml version="1.0"?><worksheet><sheetData>${table
      .map(
        (row, y) =>
          `<row r="${y + 1}">${row.map((text, x) => cell(text, `${column(x)}${y + 1}`)).join('')}</row>`,
      )
      .join('')}</sheetData></worksheet>`;
  const names = Object.keys(sheets);
  const bodies = names.map((name) => sheetXml(sheets[name]!));
  const list = names.map(
    (name, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`,
  );
  const links = names.map((_, i) => `<Relationship Id="rId${i + 1}" Target="worksheets/sheet${i + 1}.xml"/>`);
  const texts = shared.map(
    (text) => `<si><r><t xml:space="preserve">${escaped(text)}</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si>`,
  );
  return zip([
    { name: '[Content_Types].xml', body: '<Types/>' },
    { name: 'xl/workbook.xml', body: `<workbook><sheets>${list.join('')}</sheets></workbook>` },
    { name: 'xl/_rels/workbook.xml.rels', body: `<Relationships>${links.join('')}</Relationships>` },
    { name: 'xl/sharedStrings.xml', body: `<sst>${texts.join('')}</sst>` },
    ...bodies.map((body, i) => ({ name: `xl/worksheets/sheet${i + 1}.xml`, body })),
  ]);
};
