/** Which files of a folder or an archive hold rows, and what for. */

export type Role = 'train' | 'valid';
export type Chosen = {
  readonly files: readonly { readonly name: string; readonly role: Role }[];
  /** files that may hold rows and are not read */
  readonly ignored: readonly string[];
};

const TRAIN = /^train(?:ing)?(?:[-_.\d]|$)/i;
const VALID = /^(?:valid(?:ation)?|val|test|dev|eval)(?:[-_.\d]|$)/i;
const TABLE = /\.(?:jsonl|ndjson|json|csv|tsv|parquet|xlsx)(?:\.(?:gz|zst))?$/i;
const PROSE = /\.(?:txt|text|md|markdown)(?:\.(?:gz|zst))?$/i;
const BESIDE =
  /^(?:readme|license|licence|notice|changelog|contributing|copying|source|citation|requirements)(?:[-_.]|$)|^(?:dataset_infos?|dataset_dict|state|metadata|config|schema|package|\w*_config)\.json$/i;

/** By the name of the file, or of the folder that it lies in. */
export const roleOf = (path: string): Role | null => {
  const parts = path.split('/').toReversed();
  for (const part of parts) {
    if (TRAIN.test(part)) return 'train';
    if (VALID.test(part)) return 'valid';
  }
  return null;
};

const isHidden = (path: string): boolean =>
  path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX' || part.startsWith('~$'));

/** Files whose name says train or valid (validation, test, dev); without any that says train, all that say nothing else.
 *  Prose is text to learn only where no table lies beside it. In the order of their names. */
export const chooseFiles = (names: readonly string[]): Chosen => {
  const seen = names
    .filter((name) => !isHidden(name) && (TABLE.test(name) || PROSE.test(name)))
    .toSorted((a, b) => (a < b ? -1 : 1));
  const able = seen.filter((name) => !BESIDE.test(name.split('/').at(-1)!));
  const tables = able.filter((name) => TABLE.test(name));
  const found = (tables.length > 0 ? tables : able).map((name) => ({ name, role: roleOf(name) }));
  const said = found.filter(({ role }) => role === 'train');
  const rest = found.filter(({ role }) => role === null);
  const train = [said, rest, found].find((group) => group.length > 0) ?? [];
  const files = [
    ...train.map(({ name }) => ({ name, role: 'train' as const })),
    ...found
      .filter((file) => file.role === 'valid' && !train.includes(file))
      .map(({ name }) => ({ name, role: 'valid' as const })),
  ];
  const read = new Set(files.map(({ name }) => name));
  return { files, ignored: seen.filter((name) => !read.has(name)) };
};
