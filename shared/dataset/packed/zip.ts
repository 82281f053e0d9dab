/** Zip archives, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT: by their directory at the end, which alone
 *  says what a member is. */
import { excerptOf } from '../place.ts';
import { unreadable } from '../unreadable.ts';
import { pieces } from './bytes.ts';
import { crc32 } from './crc32.ts';
import { checkRatio, inflate } from './inflate.ts';

export type Member = {
  /** with `/` between folders */
  readonly name: string;
  readonly size: number;
  readonly open: () => AsyncGenerator<Uint8Array>;
};

type Entry = {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly link: boolean;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** of its local header */
  readonly offset: number;
};

const MOST_MEMBERS = 10_000;
const [END, END64, LOCATOR64, CENTRAL, LOCAL] = [0x06054b50, 0x06064b50, 0x07064b50, 0x02014b50, 0x04034b50];
const broken = (why: string): never => unreadable('archive_broken', why);

/** Names are UTF-8 by flag; archives made on a Chinese Windows have GBK without saying so. */
const nameOf = (bytes: Uint8Array): string => {
  for (const encoding of ['utf-8', 'gb18030'])
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes).replaceAll('\\', '/');
    } catch {
      continue;
    }
  return new TextDecoder('latin1').decode(bytes).replaceAll('\\', '/');
};

/** Number and place of the directory's entries. */
const directoryOf = (view: DataView): { count: number; offset: number } => {
  const lowest = Math.max(0, view.byteLength - 22 - 65_535);
  let end = view.byteLength - 22;
  while (end >= lowest && view.getUint32(end, true) !== END) end -= 1;
  if (end < lowest) return broken('it ends before its directory');
  const [count, offset] = [view.getUint16(end + 10, true), view.getUint32(end + 16, true)];
  if (count !== 0xffff && offset !== 0xffffffff) return { count, offset };
  if (end < 20 || view.getUint32(end - 20, true) !== LOCATOR64) return { count, offset };
  const at = Number(view.getBigUint64(end - 12, true));
  if (at + 56 > view.byteLength || view.getUint32(at, true) !== END64)
    return broken('its zip64 end is missing');
  return {
    count: Number(view.getBigUint64(at + 32, true)),
    offset: Number(view.getBigUint64(at + 48, true)),
  };
};

/** Sizes and offset beyond 4 GB stand in an extra field, in this order and only where the short ones are full. */
const widened = (view: DataView, from: number, to: number, short: readonly number[]): readonly number[] => {
  let at = from;
  while (at + 4 <= to && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true);
  let field = at + 4;
  return short.map((value) => {
    if (value !== 0xffffffff || at + 4 > to || field + 8 > to) return value;
    field += 8;
    return Number(view.getBigUint64(field - 8, true));
  });
};

const entriesOf = (bytes: Uint8Array): readonly Entry[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, offset } = directoryOf(view);
  if (count > MOST_MEMBERS) unreadable('archive_bomb', `${count} members, the most is ${MOST_MEMBERS}`);
  const entries: Entry[] = [];
  for (let at = offset, i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL)
      broken('its directory is cut or damaged');
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const after = at + 46 + name + extra;
    const short = [24, 20, 42].map((field) => view.getUint32(at + field, true));
    const [size, packed, local] = widened(view, at + 46 + name, Math.min(after, bytes.length), short);
    const unix = view.getUint8(at + 5) === 3;
    entries.push({
      name: nameOf(bytes.subarray(at + 46, at + 46 + name)),
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      link: unix && ((view.getUint32(at + 38, true) >>> 16) & 0xf000) === 0xa000,
      crc: view.getUint32(at + 16, true),
      packed: packed!,
      size: size!,
      offset: local!,
    });
    at = after + comment;
  }
  return entries;
};

/** Names that would leave the folder they are unpacked into, though nothing is written here: who makes such an archive
 *  means harm to somebody. */
const checkPath = ({ name, link }: Entry): void => {
  const parts = name.split('/');
  const outside =
    parts.includes('..') || name.startsWith('/') || /^[a-z]:/i.test(name) || name.includes('\0');
  if (outside || link) unreadable('archive_path', `${excerptOf(name)}${link ? ' is a link' : ''}`);
};

/** The packed bytes of a member. */
const dataOf = (bytes: Uint8Array, { name, offset, packed }: Entry): { from: number; to: number } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== LOCAL)
    broken(`${excerptOf(name)} is not where the directory says`);
  const from = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (from + packed > bytes.length) broken(`${excerptOf(name)} is cut`);
  return { from, to: from + packed };
};

/** Members that share bytes are how a small archive becomes a large one. */
const checkOverlaps = (spans: readonly { from: number; to: number }[]): void => {
  const sorted = spans.toSorted((a, b) => a.from - b.from);
  const found = sorted.some(({ from }, i) => i > 0 && from < sorted[i - 1]!.to);
  if (found) unreadable('archive_bomb', 'members share their bytes');
};

const contentOf = async function* (packed: Uint8Array, entry: Entry): AsyncGenerator<Uint8Array> {
  const { name, method, size, crc } = entry;
  if (method !== 0 && method !== 8)
    broken(`${excerptOf(name)} is packed by method ${method}: only deflate is read`);
  const stream = method === 0 ? pieces(packed) : inflate(pieces(packed), 'deflate-raw');
  let [sum, bytes] = [0, 0];
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > size) broken(`${excerptOf(name)} is larger than its ${size} bytes`);
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (bytes !== size || sum !== crc) broken(`${excerptOf(name)} does not agree with its checksum`);
};

/** Every file of an archive, folders left out. Throws `archive_broken`, `archive_path`, `archive_bomb`. */
export const membersOf = (bytes: Uint8Array): readonly Member[] => {
  const entries = entriesOf(bytes);
  for (const entry of entries) checkPath(entry);
  const files = entries.filter(({ name }) => !name.endsWith('/'));
  const spans = files.map((entry) => dataOf(bytes, entry));
  checkOverlaps(spans);
  checkRatio(
    files.reduce((sum, { size }) => sum + size, 0),
    bytes.length,
  );
  return files.map((entry, i) => ({
    name: entry.name,
    size: entry.size,
    open: () => {
      if (entry.encrypted) broken(`${excerptOf(entry.name)} is encrypted`);
      return contentOf(bytes.subarray(spans[i]!.from, spans[i]!.to), entry);
    },
  }));
};
