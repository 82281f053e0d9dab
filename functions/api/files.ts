import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { FilePurpose, FilesQuery } from '../../shared/contracts/api.ts';
import { deleteFile, findFile, insertFile, listFiles } from '../../shared/db/files.ts';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { keys } from '../../shared/keys.ts';
import type { Deps } from '../deps.ts';
import { toApiFile, toApiList } from './job-object.ts';

const MAX_BYTES = 512 * 1024 * 1024;
const ENVELOPE_BYTES = 64 * 1024; // boundaries, headers and the other fields of the form

const tooLarge = (): never => {
  throw new AppError('too_large', 'A file may have at most 512 MB', { param: 'file' });
};

const readForm = async (c: Context): Promise<FormData> => {
  try {
    return await c.req.raw.formData();
  } catch (cause) {
    throw new AppError('invalid_request', 'The body is not multipart/form-data', { cause });
  }
};

/** The file and its purpose. Throws `invalid_request` for any field that would change what the file is for. */
const readUpload = async (c: Context): Promise<{ file: File; purpose: string }> => {
  const form = await readForm(c);
  for (const name of form.keys())
    if (name !== 'file' && name !== 'purpose' && !name.startsWith('x_'))
      throw new AppError('invalid_request', `Unknown field: ${name}`, { param: name });
  const file = form.get('file');
  if (!(file instanceof File))
    throw new AppError('invalid_request', 'file: the form has no file', { param: 'file' });
  if (file.size > MAX_BYTES) tooLarge();
  const purpose = FilePurpose.safeParse(form.get('purpose'));
  if (!purpose.success)
    throw new AppError('invalid_request', `purpose: one of ${FilePurpose.options.join(', ')}`, {
      param: 'purpose',
    });
  return { file, purpose: purpose.data };
};

export const fileRoutes = ({ db, storage, now }: Pick<Deps, 'db' | 'storage' | 'now'>): Hono =>
  new Hono()
    .post('/', bodyLimit({ maxSize: MAX_BYTES + ENVELOPE_BYTES, onError: tooLarge }), async (c) => {
      const { file, purpose } = await readUpload(c);
      const id = newId('file-');
      const row = {
        id,
        key: keys.file(id),
        filename: file.name,
        purpose,
        bytes: file.size,
        // whether its rows are any good is the job's affair; clients wait for `processed` before they make one
        status: 'processed' as const,
        status_details: null,
        created_at_ms: now(),
      };
      await storage.write(row.key, Readable.fromWeb(file.stream() as ReadableStream));
      await insertFile(db, row);
      return c.json(toApiFile(row));
    })
    .get('/', async (c) => {
      const { data, has_more } = await listFiles(db, FilesQuery.parse(c.req.query()));
      return c.json(toApiList(data.map(toApiFile), has_more));
    })
    .get('/:id', async (c) => c.json(toApiFile(await findFile(db, c.req.param('id')))))
    .get('/:id/content', async (c) => {
      const file = await findFile(db, c.req.param('id'));
      const stream = await storage.stream(file.key);
      if (!stream) throw new AppError('not_found', `The bytes of ${file.id} are gone from the store`);
      c.header('content-type', 'application/octet-stream');
      c.header('content-length', String(file.bytes));
      return c.body(Readable.toWeb(stream) as globalThis.ReadableStream);
    })
    .delete('/:id', async (c) => {
      const { id, key } = await findFile(db, c.req.param('id'));
      await deleteFile(db, id);
      await storage.remove(key); // after the row: nobody finds a file without bytes
      return c.json({ id, object: 'file', deleted: true });
    });
