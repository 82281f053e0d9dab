import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';

/** A file read by position. `readInto` fills the view entirely or throws. */
export type RandomAccess = {
  readonly path: string;
  readonly bytes: number;
  readInto(view: ArrayBufferView, position: number): void;
  close(): void;
};

const LARGEST_READ = 1 << 30; // a single read call takes less than 2 GiB

export const bytesOf = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

const openFile = (path: string): RandomAccess => {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (cause) {
    throw new AppError('not_found', `Cannot open ${path}: is the path right, and may this user read it?`, {
      cause,
    });
  }
  const bytes = fstatSync(fd).size;
  let open = true;
  return {
    path,
    bytes,
    readInto(view, position) {
      const target = bytesOf(view);
      for (let at = 0; at < target.length;) {
        const wanted = Math.min(target.length - at, LARGEST_READ);
        const got = readSync(fd, target, at, wanted, position + at);
        if (got === 0)
          throw new AppError(
            'broken_file',
            `${path} ends at byte ${position + at}: copy or download it again`,
          );
        at += got;
      }
    },
    close() {
      if (open) closeSync(fd);
      open = false;
    },
  };
};

/** Writes the parts one after another under a temporary name and puts the whole in place: readers see all or nothing. */
export const writeWhole = (path: string, parts: Iterable<ArrayBufferView>): void => {
  const part = `${path}.${randomUUID()}.part`;
  const fd = openSync(part, 'wx');
  try {
    for (const view of parts) {
      const source = bytesOf(view);
      for (let at = 0; at < source.length;)
        at += writeSync(fd, source, at, Math.min(source.length - at, LARGEST_READ));
    }
    fsyncSync(fd);
  } catch (error) {
    closeSync(fd);
    rmSync(part, { force: true });
    if (error instanceof Error && 'syscall' in error)
      throw new AppError('storage_failed', `Cannot write ${path}: is the disk full?`, { cause: error });
    throw error;
  }
  closeSync(fd);
  renameSync(part, path);
};

/** Looks a tensor up by name; one that is not there is an error that says where it was looked for. */
export const finder =
  <T>(tensors: ReadonlyMap<string, T>, place: string) =>
  (name: string): T => {
    const found = tensors.get(name);
    if (!found) throw new AppError('unsupported_model', `${place} has no tensor ${name}`);
    return found;
  };

/** Opens a file and reads its table of contents; where that fails the file is closed again. */
export const openParsed = <T>(
  path: string,
  parse: (file: RandomAccess) => T,
): { file: RandomAccess; parsed: T } => {
  const file = openFile(path);
  try {
    return { file, parsed: parse(file) };
  } catch (error) {
    file.close();
    throw error;
  }
};
