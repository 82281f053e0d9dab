/** What the hubs have of a model, and where: of all its files those that a base needs. */
import { z } from 'zod';
import { getJson, type RemoteFile } from './download.ts';

export type Listing = {
  readonly revision: string | null;
  readonly files: readonly RemoteFile[];
  /** to be shown when downloading */
  readonly token: string | undefined;
};
type Env = Readonly<Record<string, string | undefined>>;

const WANTED: ReadonlySet<string> = new Set([
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'special_tokens_map.json',
]);
const WHOLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const SHARD = /^model-\d+-of-\d+\.safetensors$/;

/** The files that a base needs; weights in one file rather than in many, where both are there. */
const needed = <T extends { readonly name: string }>(files: readonly T[]): T[] => {
  const names = new Set(files.map(({ name }) => name));
  if (!names.has('config.json')) throw new Error('it has no config.json');
  if (!names.has(WHOLE) && !names.has(INDEX)) throw new Error('it has no weights as safetensors');
  const isWeights = (name: string) =>
    names.has(WHOLE) ? name === WHOLE : name === INDEX || SHARD.test(name);
  return files.filter(({ name }) => WANTED.has(name) || isWeights(name));
};

const HubModel = z.looseObject({
  sha: z.string(),
  siblings: z.array(
    z.looseObject({
      rfilename: z.string(),
      size: z.number().optional(),
      lfs: z.looseObject({ sha256: z.string().optional() }).nullish(),
    }),
  ),
});

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/** https://huggingface.co/docs/hub/api#get-apimodelsrepoid-or-apimodelsrepoidrevisionrevision */
export const hubFiles = async (id: string, env: Env): Promise<Listing> => {
  const endpoint = withoutSlash(env['HF_ENDPOINT'] || 'https://huggingface.co');
  const token = env['HF_TOKEN'] || undefined;
  const { sha, siblings } = HubModel.parse(await getJson(`${endpoint}/api/models/${id}?blobs=true`, token));
  const files = siblings.map(({ rfilename, size, lfs }) => ({
    name: rfilename,
    url: `${endpoint}/${id}/resolve/${sha}/${rfilename}`,
    bytes: size ?? null,
    sha256: lfs?.sha256 ?? null,
  }));
  return { revision: sha, files: needed(files), token };
};

const ModelScopeModel = z.looseObject({
  Data: z.looseObject({
    Files: z.array(
      z.looseObject({
        Path: z.string(),
        Type: z.string().optional(),
        Size: z.number().optional(),
        Sha256: z.string().nullish(),
      }),
    ),
  }),
});

/** https://github.com/modelscope/modelscope/blob/master/modelscope/hub/file_download.py */
export const modelScopeFiles = async (id: string, env: Env): Promise<Listing> => {
  const endpoint = withoutSlash(env['MODELSCOPE_ENDPOINT'] || 'https://www.modelscope.cn');
  const model = `${endpoint}/api/v1/models/${id}/repo`;
  const { Data } = ModelScopeModel.parse(await getJson(`${model}/files?Revision=master&Recursive=true`));
  const files = Data.Files.filter(({ Type }) => Type !== 'tree').map(({ Path, Size, Sha256 }) => ({
    name: Path,
    url: `${model}?Revision=master&FilePath=${encodeURIComponent(Path)}`,
    bytes: Size ?? null,
    sha256: Sha256 || null,
  }));
  return { revision: null, files: needed(files), token: undefined };
};
