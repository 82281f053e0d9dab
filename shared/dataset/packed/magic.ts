/** What a file is by its first bytes. */

type Magic = readonly [at: number, bytes: string, fix?: string];
const starts = (head: Uint8Array, [at, bytes]: Magic): boolean =>
  head.length >= at + bytes.length && [...bytes].every((c, i) => head[at + i] === c.charCodeAt(0));

/** What is unpacked before it is read. */
const PACKED = {
  gzip: [0, '\u001f\u008b'],
  zstd: [0, '\u0028\u00b5\u002f\u00fd'],
  zip: [0, 'PK\u0003\u0004'],
  'empty zip': [0, 'PK\u0005\u0006'],
  parquet: [0, 'PAR1'],
} as const satisfies Record<string, Magic>;
export type Packed = keyof typeof PACKED;

const AS_PARQUET = 'Write it as Parquet or JSON Lines: dataset.to_parquet(…), dataset.to_json(…)';

/** Formats that hold no rows, or rows that nothing here reads. */
const OTHERS: Readonly<Record<string, Magic>> = {
  'a PDF file': [0, '%PDF-'],
  'an old Office document': [0, '\u00d0\u00cf\u0011\u00e0'],
  'a 7z archive': [0, '7z\u00bc\u00af'],
  'a RAR archive': [0, 'Rar!\u001a\u0007'],
  'an xz file': [0, '\u00fd7zXZ'],
  'a bzip2 file': [4, '1AY&SY'],
  'a tar archive': [257, 'ustar'],
  'an Avro file': [0, 'Obj\u0001'],
  'an Arrow file': [0, 'ARROW1', AS_PARQUET],
  'an Arrow stream': [0, '\u00ff\u00ff\u00ff\u00ff', AS_PARQUET],
  'a Python pickle': [0, '\u0080\u0004\u0095', 'Write the rows as JSON Lines: a pickle is a program'],
  'a Git LFS pointer, not the file': [0, 'version https://git-lfs', 'Fetch the file itself: git lfs pull'],
  'a NumPy file': [0, '\u0093NUMPY'],
  'an SQLite database': [0, 'SQLite format 3'],
  'a PNG image': [0, '\u0089PNG'],
  'a JPEG image': [0, '\u00ff\u00d8\u00ff'],
};

export const MAGIC_BYTES = 262;

export const packedAs = (head: Uint8Array): Packed | null =>
  (Object.keys(PACKED) as Packed[]).find((name) => starts(head, PACKED[name])) ?? null;

/** The name of a format that is refused, and what to do about it where that is known; null for all else. */
export const foreignAs = (head: Uint8Array): { readonly name: string; readonly fix?: string } | null => {
  const found = Object.entries(OTHERS).find(([, magic]) => starts(head, magic));
  if (!found) return null;
  const [name, [, , fix]] = found;
  return fix === undefined ? { name } : { name, fix };
};
