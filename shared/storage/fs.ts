/** A folder as a bucket: key = path below the root, so that people may put files in with any program. */
import { randomUUID } from 'node:crypto';
import type { BigIntStats, Dirent } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import type { Body, ObjectInfo, Storage } from './driver.ts';
import { checkKey } from './key.ts';

const PART = /^\.[0-9a-f-]{36}\.part$/;

/** What the file system says of a key that names nothing. */
const MISSING = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG']);
const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? '';

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room and try again',
  EDQUOT: 'the disk quota is used up: make room and try again',
  EACCES: 'permission denied: let this user read and write the folder',
  EROFS: 'the disk is mounted read-only',
  ENOTDIR: 'a part of the key is the name of a file',
  EEXIST: 'a part of the key is the name of a file',
  EISDIR: 'the key is the name of a folder',
};

const failed = (what: string, cause: unknown): AppError => {
  const code = codeOf(cause);
  return new AppError('storage_failed', `Cannot ${what}: ${HINTS[code] ?? String(cause)}`, {
    cause,
    reason: code,
  });
};

const orNull = (what: string) => (error: unknown) => {
  if (MISSING.has(codeOf(error))) return null;
  throw failed(what, error);
};

const infoOf = (key: string, s: BigIntStats): ObjectInfo => ({
  key,
  bytes: Number(s.size),
  tag: [s.mtimeNs, s.size, s.ino].map((n) => n.toString(16)).join('-'),
});

/** Renames and links are lost with the power unless their folder is synced. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
};

/** In key order, which is by bytes: a folder sorts as its name with the slash that follows it. */
const inKeyOrder = (entries: readonly Dirent[]): Dirent[] => {
  const sorted = entries
    .filter((entry) => !PART.test(entry.name))
    .map((entry) => ({ entry, bytes: Buffer.from(entry.name + (entry.isDirectory() ? '/' : '')) }));
  return sorted.toSorted((a, b) => a.bytes.compare(b.bytes)).map(({ entry }) => entry);
};

/** Objects below `folder` (a key prefix, empty or ending in `/`) that start with `prefix`; other folders are not entered. */
async function* walk(base: string, folder: string, prefix: string): AsyncGenerator<ObjectInfo> {
  const entries = await readdir(join(base, folder), { withFileTypes: true }).catch(orNull(`list ${folder}`));
  for (const entry of inKeyOrder(entries ?? [])) {
    const key = folder + entry.name;
    if (entry.isDirectory()) {
      const below = `${key}/`;
      if (below.startsWith(prefix) || prefix.startsWith(below)) yield* walk(base, below, prefix);
    } else if (key.startsWith(prefix)) {
      const info = await stat(join(base, key), { bigint: true }).catch(orNull(`look at ${key}`));
      if (info?.isFile()) yield infoOf(key, info); // removed meanwhile: not there
    }
  }
}

const pathIn = (base: string, key: string): string => join(base, checkKey(key));

/** Puts the body under the key by `place`, from a file of its own: writers of one key must not share one. */
const put = async <T>(
  path: string,
  what: string,
  body: Body,
  place: (part: string) => Promise<T>,
): Promise<T> => {
  const folder = dirname(path);
  const part = join(folder, `.${randomUUID()}.part`);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(part, 'wx');
    await writeFile(file, body)
      .then(() => file.sync())
      .finally(() => file.close());
    const placed = await place(part);
    await syncFolder(folder);
    return placed;
  } catch (error) {
    throw failed(what, error);
  } finally {
    await rm(part, { force: true }).catch(() => undefined);
  }
};

const streamOf = async (path: string, key: string): Promise<Readable | null> => {
  const file = await open(path, 'r').catch(orNull(`read ${key}`));
  if (!file) return null;
  if ((await file.stat()).isFile()) return file.createReadStream();
  await file.close();
  return null;
};

const falseIfThere = (error: unknown): false => {
  if (codeOf(error) === 'EEXIST') return false;
  throw error;
};

export const fsStorage = ({ root }: { root: string }): Storage => {
  const base = resolve(root);
  return {
    name: 'fs',
    uri: `file:${base.split('/').map(encodeURIComponent).join('/')}`,
    tagIsDigest: false,
    growing: true,
    read: async (key) => readFile(pathIn(base, key)).catch(orNull(`read ${key}`)),
    stream: async (key) => streamOf(pathIn(base, key), key),
    async head(key) {
      const info = await stat(pathIn(base, key), { bigint: true }).catch(orNull(`look at ${key}`));
      return info?.isFile() ? infoOf(key, info) : null;
    },
    async write(key, body) {
      const path = pathIn(base, key);
      await put(path, `write ${key}`, body, (part) => rename(part, path)); // readers never see half a file
    },
    async create(key, body) {
      const path = pathIn(base, key);
      return put(path, `create ${key}`, body, (part) => link(part, path).then(() => true, falseIfThere));
    },
    async remove(key) {
      await rm(pathIn(base, key), { force: true }).catch(orNull(`remove ${key}`));
    },
    list(prefix) {
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      if (folder !== '') pathIn(base, folder.slice(0, -1));
      return walk(base, folder, prefix);
    },
    presign: async () => null,
  };
};
