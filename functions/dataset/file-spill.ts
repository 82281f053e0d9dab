/** A spill in a temporary file that has no name any more: it is gone with the process, however that ends. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Spill } from '../../shared/dataset/spill.ts';
import { AppError } from '../../shared/errors.ts';

const failed = (what: string, cause: unknown): never => {
  throw new AppError('storage_failed', `Cannot ${what} a temporary file in ${tmpdir()}`, {
    cause,
    hint: 'A dataset needs about twice its size there; TMPDIR names another folder',
  });
};

const open = (): number => {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'droptune-rows-'));
    try {
      return openSync(join(folder, 'rows'), 'w+');
    } finally {
      rmSync(folder, { recursive: true });
    }
  } catch (cause) {
    return failed('make', cause);
  }
};

export type FileSpill = Spill & { close(): void };

/** The file is made with the first byte. */
export const fileSpill = (): FileSpill => {
  let file: number | null = null;
  let end = 0;
  return {
    copies: true,
    append(bytes) {
      file ??= open();
      const at = end;
      try {
        for (let done = 0; done < bytes.length;)
          done += writeSync(file, bytes, done, bytes.length - done, at + done);
      } catch (cause) {
        failed('write', cause);
      }
      end += bytes.length;
      return at;
    },
    read(at, length) {
      const bytes = new Uint8Array(length);
      if (file === null) return bytes;
      try {
        for (let done = 0; done < length;) {
          const got = readSync(file, bytes, done, length - done, at + done);
          if (got === 0) return failed('read', new RangeError(`${length} bytes at ${at} of ${end}`));
          done += got;
        }
      } catch (cause) {
        failed('read', cause);
      }
      return bytes;
    },
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
};
