import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { type Context, Hono } from 'hono';
import type { ApiInboxObject } from '../../shared/contracts/api.ts';
import { ProjectName } from '../../shared/contracts/ids.ts';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import { keys } from '../../shared/keys.ts';
import type { Storage } from '../../shared/storage/driver.ts';
import type { Deps } from '../deps.ts';
import { isMarker } from '../inbox/locate.ts';
import { ingest, type Ingested } from '../ingest.ts';

/** One word and one id per outcome. */
export const told = (
  outcome: Ingested,
): Pick<ApiInboxObject, 'outcome' | 'job'> & { readonly why?: string } => {
  switch (outcome.kind) {
    case 'job':
      return { outcome: 'started', job: outcome.job.id };
    case 'duplicate':
      return { outcome: 'duplicate', job: outcome.of.id };
    case 'waiting':
      return { outcome: 'waiting', job: null, why: `waits for ${outcome.for.join(' and ')}` };
    case 'ignored':
      return { outcome: 'ignored', job: null, why: outcome.why };
  }
};

const segment = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new AppError('invalid_request', `${text} is not percent-encoded`, { cause, param: 'path' });
  }
};

/** Project and path below it. Throws `invalid_request` for what could leave the inbox. */
const placeOf = (path: string): { project: string; name: string } => {
  const [project = '', ...rest] = path.split('/').map(segment);
  if (!ProjectName.safeParse(project).success)
    throw new AppError(
      'invalid_request',
      'project: letters, digits, dot, dash and underscore, at most 64, beginning with a letter or digit',
      { param: 'project' },
    );
  const bad = rest.some((part) => part === '' || part === '.' || part === '..' || /[/\\\0]/.test(part));
  if (rest.length === 0 || bad)
    throw new AppError('invalid_request', 'path: a file name, or a folder and a file name', {
      param: 'path',
    });
  return { project, name: rest.join('/') };
};

/** The raw path below `inbox/`: a name may hold an encoded slash, and Hono has decoded the parameter already. */
const rawPath = (c: Context): string => {
  const { pathname } = new URL(c.req.url);
  return pathname.slice(pathname.indexOf('/inbox/') + '/inbox/'.length);
};

/** `faq.jsonl` → `faq-x3k9.jsonl`. Under a key of its own the same bytes are another drop with an outbox of its own,
 *  whoever else hears of the object. */
const another = (name: string): string => {
  if (name.includes('/'))
    throw new AppError('invalid_request', 'again: is for single files; give a folder another name', {
      param: 'again',
    });
  const [stem = '', ...suffixes] = name.split('.');
  return [`${stem}-${newId('evt_').slice(-4)}`, ...suffixes].join('.');
};

const removeAll = async (storage: Storage, prefix: string): Promise<void> => {
  const found: string[] = [];
  for await (const { key } of storage.list(prefix)) found.push(key);
  // a folder without its marker starts nothing while the rest of it goes
  const isLater = (key: string): number => (isMarker(key.slice(prefix.length)) ? 0 : 1);
  for (const key of found.toSorted((a, b) => isLater(a) - isLater(b))) await storage.remove(key);
};

/** `POST /v1/x/inbox/{project}/{path}`: the body is the file; the answer says what it led to. `DELETE` takes a file
 *  away again, or with a final slash a folder. */
export const inboxRoutes = (deps: Pick<Deps, 'db' | 'storage' | 'now' | 'settings'>): Hono => {
  const { storage } = deps;
  return new Hono()
    .post('/:path{.+}', async (c) => {
      const { project, name } = placeOf(rawPath(c));
      const key = keys.inbox(project, c.req.query('again') === '1' ? another(name) : name);
      const { body } = c.req.raw;
      await storage.write(key, body ? Readable.fromWeb(body as ReadableStream) : new Uint8Array());
      const info = await storage.head(key);
      if (!info)
        throw new AppError(
          'storage_failed',
          `${key} was written and is gone: does a rule of the bucket move it?`,
        );
      const outcome = await ingest(deps, { store: storage.uri, key, tag: info.tag, bytes: info.bytes });
      const object = { object: 'x.inbox_object' as const, key, bytes: info.bytes };
      return c.json({ ...object, ...told(outcome) } satisfies ApiInboxObject);
    })
    .delete('/:path{.+}', async (c) => {
      const path = rawPath(c);
      const { project, name } = placeOf(path.replace(/\/$/, ''));
      const key = keys.inbox(project, name);
      if (path.endsWith('/')) await removeAll(storage, `${key}/`);
      else await storage.remove(key);
      return c.json({ object: 'x.inbox_object', key, deleted: true });
    });
};
