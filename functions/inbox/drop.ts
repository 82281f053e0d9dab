/** What lies in the inbox → what a job is made of: files, recipe, name of the outbox, and a fingerprint. */
import { createHash } from 'node:crypto';
import type { Failure } from '../../shared/contracts/event.ts';
import { Recipe } from '../../shared/contracts/recipe.ts';
import type { DatasetSource } from '../../shared/db/schema.ts';
import { keys } from '../../shared/keys.ts';
import type { ObjectInfo, Storage } from '../../shared/storage/driver.ts';
import { isMarker, isRecipe, locate, roleOf, stemOf } from './locate.ts';
import { parseRecipe, recipeError } from './recipe.ts';

export type Drop = {
  readonly project: string;
  /** names for the outbox, the preferred one first; the last is always good */
  readonly names: readonly string[];
  readonly sources: readonly DatasetSource[];
  readonly recipe: Recipe;
  /** the recipe cannot be read: the job is born failed */
  readonly error: Failure | null;
  /** equal for equal bytes under equal keys */
  readonly identity: string;
};
export type Waiting = { readonly kind: 'waiting'; readonly for: readonly string[] };

const membersOf = async (storage: Storage, prefix: string): Promise<ObjectInfo[]> => {
  const members: ObjectInfo[] = [];
  for await (const info of storage.list(prefix)) members.push(info);
  return members;
};

const nameIn = (prefix: string, { key }: ObjectInfo): string => key.slice(prefix.length);

/** Equal for equal content: the store's own digest, otherwise ours. */
const contentTag = async (storage: Storage, info: ObjectInfo): Promise<string> => {
  if (storage.tagIsDigest) return info.tag;
  const hash = createHash('sha256');
  for await (const chunk of (await storage.stream(info.key)) ?? []) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

const identify = async (storage: Storage, infos: readonly ObjectInfo[]): Promise<string> => {
  const tags: string[][] = [];
  for (const info of infos) tags.push([info.key, await contentTag(storage, info)]);
  return createHash('sha256')
    .update(JSON.stringify([storage.uri, tags]))
    .digest('hex');
};

const textOf = async (storage: Storage, key: string): Promise<string | null> => {
  const bytes = await storage.read(key);
  return bytes && new TextDecoder().decode(bytes);
};

type ReadRecipe = { recipe: Recipe; error: Failure | null; missing: string | null };

const refused = (error: Failure): ReadRecipe => ({ recipe: Recipe.parse({}), error, missing: null });

/** The recipe among `members`, its JSON Schema read from beside it and put in its place. */
const readRecipe = async (
  storage: Storage,
  prefix: string,
  members: readonly ObjectInfo[],
): Promise<ReadRecipe> => {
  const file = members.map((m) => nameIn(prefix, m)).find(isRecipe);
  const text = file === undefined ? null : await textOf(storage, prefix + file);
  if (file === undefined || text === null) return { recipe: Recipe.parse({}), error: null, missing: null };
  const { recipe, error } = parseRecipe(file, text);
  if (error) return refused(error);

  const { schema } = recipe.evaluation;
  if (typeof schema !== 'string') return { recipe, error: null, missing: null };
  const name = schema.replace(/^\.\//, '');
  if (name.split('/').some((part) => part === '' || part === '..'))
    return refused(recipeError(`${file}: evaluation.schema: ${schema} is not a file beside ${file}`));
  const json = await textOf(storage, prefix + name);
  if (json === null) return { recipe, error: null, missing: name };
  try {
    const inlined = { ...recipe, evaluation: { ...recipe.evaluation, schema: JSON.parse(json) as unknown } };
    return { recipe: Recipe.parse(inlined), error: null, missing: null };
  } catch (cause) {
    return refused(recipeError(`${name}: not a JSON Schema: ${(cause as Error).message.split('\n')[0]}`));
  }
};

const sourceOf = (info: ObjectInfo, role: 'train' | 'valid'): DatasetSource => ({
  key: info.key,
  tag: info.tag,
  role,
  filename: info.key.slice(info.key.lastIndexOf('/') + 1),
});

/** A file by itself, with the recipe `inbox/<project>/job.yaml` where there is one. */
export const fileDrop = async (
  storage: Storage,
  project: string,
  info: ObjectInfo,
): Promise<Drop | Waiting> => {
  const prefix = keys.inbox(project, '');
  const file = nameIn(prefix, info);
  const beside: string[] = [];
  const recipes: ObjectInfo[] = [];
  for await (const other of storage.list(prefix)) {
    const place = locate(other.key);
    if (place.kind === 'file' && place.file !== file) beside.push(stemOf(place.file));
    if (place.kind === 'member') beside.push(place.name);
    if (isRecipe(nameIn(prefix, other))) recipes.push(other);
  }
  const { recipe, error, missing } = await readRecipe(storage, prefix, recipes);
  if (missing !== null) return { kind: 'waiting', for: [missing] };
  const stem = stemOf(file);
  return {
    project,
    names: beside.includes(stem) ? [file] : [stem, file],
    sources: [sourceOf(info, 'train')],
    recipe,
    error,
    identity: await identify(storage, [info]),
  };
};

/** A folder, complete with its marker, its train file and the schema that its recipe names. */
export const folderDrop = async (
  storage: Storage,
  project: string,
  name: string,
): Promise<Drop | Waiting> => {
  const prefix = keys.inbox(project, `${name}/`);
  const members = (await membersOf(storage, prefix)).filter((m) => locate(m.key).kind === 'member');
  const having = (test: (file: string) => boolean) => members.filter((m) => test(nameIn(prefix, m)));
  const train = having((file) => roleOf(file) === 'train');
  const lacks = [
    ...(having(isMarker).length > 0 ? [] : ['job.yaml or _READY']),
    ...(train.length > 0 ? [] : ['train.*']),
  ];
  if (lacks.length > 0) return { kind: 'waiting', for: lacks };
  const { recipe, error, missing } = await readRecipe(storage, prefix, members);
  if (missing !== null) return { kind: 'waiting', for: [missing] };
  const valid = having((file) => roleOf(file) === 'valid');
  return {
    project,
    names: [name],
    sources: [...train.map((m) => sourceOf(m, 'train')), ...valid.map((m) => sourceOf(m, 'valid'))],
    recipe,
    error,
    // what comes after the start (a late test file) does not make another job
    identity: await identify(storage, [...train, ...having(isRecipe)]),
  };
};
