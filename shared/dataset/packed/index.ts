/** A file as it came → the files of rows inside it: compressed streams are unpacked on the way, archives and workbooks
 *  fall into their parts. */
import type { InputRow } from '../containers/container.ts';
import type { Defect } from '../problems.ts';
import type { Source } from '../read.ts';
import { unreadable } from '../unreadable.ts';
import { collect, peek } from './bytes.ts';
import { inflate, unzstd } from './inflate.ts';
import { foreignAs, MAGIC_BYTES, packedAs, type Packed } from './magic.ts';
import { readParquet } from './parquet/index.ts';
import { chooseFiles, roleOf } from './roles.ts';
import { isWorkbook, readWorkbook } from './xlsx.ts';
import { membersOf, type Member } from './zip.ts';

/** Rows that need no more than examining. */
export type Rows = {
  /** of the file, as it is stored */
  readonly bytes: number;
  readonly encoding: string;
  readonly rows: AsyncIterable<InputRow>;
};
export type Part = Pick<Source, 'file' | 'role' | 'own'> & {
  readonly content: AsyncIterable<Uint8Array> | Rows;
  /** what there is to say of the file that it came in */
  readonly remarks: readonly Defect[];
};

/** Where a file lies: by itself, in a compressed stream, in an archive. What may lie there has an end. */
type Within = 'file' | 'stream' | 'member';
const MAY_HOLD: Readonly<Record<Within, readonly Packed[]>> = {
  file: ['gzip', 'zstd', 'zip', 'empty zip', 'parquet'],
  member: ['gzip', 'zstd', 'zip', 'parquet'],
  stream: ['parquet'],
};
const NESTED = /\.(?:zip|7z|rar|tar|tgz|tar\.\w+)$/i;

const OTHER_ZIPS: readonly (readonly [member: string, is: string])[] = [
  ['word/document.xml', 'a Word document'],
  ['ppt/presentation.xml', 'a PowerPoint document'],
  ['META-INF/manifest.xml', 'an OpenDocument file'],
  ['META-INF/MANIFEST.MF', 'a Java archive'],
];

const partOf = ({ file, role, remarks = [] }: Source, content: Part['content']): Part => ({
  file,
  role,
  content,
  remarks,
});

/** Fails when it is read: so a broken file is told like any other. */
const failing = async function* (error: unknown): AsyncGenerator<never> {
  yield* [];
  throw error;
};

/** Opened with the first byte that somebody wants. */
const lazily = async function* (open: Member['open']): AsyncGenerator<Uint8Array> {
  yield* open();
};

export const ignoredRemark = (names: readonly string[]): readonly Defect[] =>
  names.length === 0 ? [] : [{ code: 'ignored_file', pointer: '', excerpt: names.slice(0, 5).join(', ') }];

/** The parts of a file, or one that tells why there are none. */
const partsOrFailure = async function* (source: Source, within: Within): AsyncGenerator<Part> {
  try {
    yield* partsOf(source, within);
  } catch (error) {
    yield partOf(source, failing(error));
  }
};

const archiveParts = async function* (source: Source, members: readonly Member[]): AsyncGenerator<Part> {
  const known = OTHER_ZIPS.find(([name]) => members.some((member) => member.name === name));
  if (known) unreadable('not_text', `this is ${known[1]}`);
  const nested = members.filter(({ name }) => NESTED.test(name)).map(({ name }) => name);
  const { files, ignored } = chooseFiles(members.map(({ name }) => name));
  if (nested.length > 0 && files.length === 0) unreadable('archive_nested', nested[0]!);
  if (files.length === 0) unreadable('empty_file', `no file of rows among ${members.length} members`);
  let remarks = [...(source.remarks ?? []), ...ignoredRemark([...ignored, ...nested])];
  for (const { name, role } of files) {
    const { open } = members.find((member) => member.name === name)!;
    const own = source.role === 'valid' ? source.role : role;
    const inner = { file: `${source.file}/${name}`, role: own, chunks: lazily(open), remarks };
    yield* partsOrFailure(inner, 'member');
    remarks = [];
  }
};

const workbookParts = async function* (
  source: Source,
  bytes: number,
  members: readonly Member[],
): AsyncGenerator<Part> {
  const sheets = await readWorkbook(members);
  for (const [i, { name, rows }] of sheets.entries()) {
    const role = sheets.length > 1 && roleOf(name) === 'valid' ? 'valid' : source.role;
    const file = sheets.length > 1 ? `${source.file}/${name}` : source.file;
    const remarks = i === 0 ? (source.remarks ?? []) : [];
    yield partOf({ ...source, file, role, remarks }, { bytes, encoding: 'xlsx', rows });
  }
};

const partsOf = async function* (source: Source, within: Within): AsyncGenerator<Part> {
  const { head, all } = await peek(source.chunks, MAGIC_BYTES);
  const [packed, foreign] = [packedAs(head), foreignAs(head)];
  if (foreign !== null) unreadable('not_text', `this is ${foreign.name}`, undefined, foreign.fix);
  if (packed === null) yield { ...partOf(source, all), own: within === 'file' && source.own === true };
  else if (!MAY_HOLD[within].includes(packed)) unreadable('archive_nested', `a ${packed} file lies inside`);
  else if (packed === 'gzip') yield* partsOf({ ...source, chunks: inflate(all, 'gzip') }, 'stream');
  else if (packed === 'zstd') yield* partsOf({ ...source, chunks: unzstd(all) }, 'stream');
  else {
    const bytes = await collect(all);
    if (packed === 'parquet') {
      yield partOf(source, { bytes: bytes.length, encoding: 'parquet', rows: readParquet(bytes) });
      return;
    }
    const members = membersOf(bytes);
    if (isWorkbook(members)) yield* workbookParts(source, bytes.length, members);
    else if (within === 'member') unreadable('archive_nested', 'a zip file lies inside');
    else yield* archiveParts(source, members);
  }
};

/** Every part of every file, in order. What cannot be unpacked fails when its part is read. */
export const unpacked = async function* (sources: readonly Source[]): AsyncGenerator<Part> {
  for (const source of sources) yield* partsOrFailure(source, 'file');
};
