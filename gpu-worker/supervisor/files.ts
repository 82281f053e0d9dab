/** Folders to the store and back, each file with its sha256. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { Manifest } from '../../shared/contracts/spec.ts';
import { AppError } from '../../shared/errors.ts';
import type { Store } from './store.ts';

export type FileEntries = Manifest['files'];

const digest = async (source: Readable): Promise<FileEntries[string]> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
};

/** Paths of all files below the folder, with `/`, in order; none when there is no such folder. */
const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .toSorted();
};

/** Puts a file and says what was put. */
export const uploadFile = async (store: Store, key: string, path: string): Promise<FileEntries[string]> => {
  const entry = await digest(createReadStream(path));
  await store.put(key, () => createReadStream(path));
  return entry;
};

export const uploadBytes = async (
  store: Store,
  key: string,
  bytes: Uint8Array,
): Promise<FileEntries[string]> => {
  await store.put(key, () => bytes);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
};

/** Puts every file of the folder below `prefix`. */
export const uploadFolder = async (store: Store, prefix: string, folder: string): Promise<FileEntries> => {
  const entries: FileEntries = {};
  for (const file of await filesBelow(folder))
    entries[file] = await uploadFile(store, prefix + file, join(folder, file));
  return entries;
};

export const manifestBytes = (files: FileEntries): Uint8Array => {
  const manifest: Manifest = { version: 1, files };
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
};

export const parseManifest = (bytes: Uint8Array): Manifest =>
  Manifest.parse(JSON.parse(Buffer.from(bytes).toString()));

/** Fetches an object into a file and returns its sha256 and length. Throws `not_found` for a missing one. */
export const downloadFile = async (store: Store, key: string, path: string): Promise<FileEntries[string]> => {
  if (!(await store.fetch(key, path)))
    throw new AppError('not_found', `There is no object ${key} in the store`);
  return digest(createReadStream(path));
};

const inside = (folder: string, file: string): string => {
  const path = resolve(folder, file);
  if (!path.startsWith(resolve(folder) + sep))
    throw new AppError('invalid_request', `A manifest names ${file}, which is outside its folder`);
  return path;
};

/** Fetches what the manifest names and holds it to the sums in it. Throws `broken_file`, and leaves nothing, when one differs. */
export const downloadFolder = async (
  store: Store,
  prefix: string,
  manifest: Manifest,
  folder: string,
): Promise<void> => {
  try {
    for (const [file, wanted] of Object.entries(manifest.files)) {
      const path = inside(folder, file);
      await mkdir(dirname(path), { recursive: true });
      const found = await downloadFile(store, prefix + file, path);
      if (found.sha256 !== wanted.sha256 || found.bytes !== wanted.bytes)
        throw new AppError(
          'broken_file',
          `${prefix}${file} is not what was put there: ${found.bytes} bytes of sha256 ${found.sha256}, expected ${wanted.bytes} of ${wanted.sha256}`,
        );
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};
