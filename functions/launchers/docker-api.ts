/** Docker's Engine API, as Docker and Podman serve it: over a socket, or plain TCP on a network that is trusted.
 *  https://docs.docker.com/reference/api/engine/ */
import { request } from 'node:http';
import { AppError } from '../../shared/errors.ts';

/** `status` is 0 where the engine does not answer: then the body says why. */
export type EngineAnswer = { readonly status: number; readonly body: Buffer };
export type Engine = {
  call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<EngineAnswer>;
};

const TIMEOUT_MS = 60_000;
const DEFAULT_HOST = 'unix:///var/run/docker.sock';

type Address = { readonly socketPath: string } | { readonly host: string; readonly port: number };

const addressOf = (host: string): Address => {
  const socket = /^unix:\/\/(\/.+)$/.exec(host)?.[1];
  if (socket) return { socketPath: socket };
  const tcp = /^(?:tcp|http):\/\/([^/:]+):(\d+)\/?$/.exec(host);
  if (tcp) return { host: tcp[1]!, port: Number(tcp[2]) };
  throw new AppError('invalid_request', `DOCKER_HOST=${host} is no address that can be used`, {
    hint: 'unix:///path/of/docker.sock or tcp://host:port; for TLS or SSH make a tunnel to one of them.',
  });
};

const ask = (
  address: Address,
  { method, path, body }: { method: string; path: string; body?: unknown },
): Promise<EngineAnswer & { version: string | undefined }> =>
  new Promise((resolve, reject) => {
    const json = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = json ? { 'content-type': 'application/json', 'content-length': json.length } : {};
    const sent = request({ ...address, method, path, headers, timeout: TIMEOUT_MS }, (response) => {
      response.toArray().then((parts: Buffer[]) => {
        const version = response.headers['api-version'];
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(parts),
          version: typeof version === 'string' ? version : undefined,
        });
      }, reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    sent.on('error', reject);
    sent.end(json);
  });

/** Throws `invalid_request` for an address that is none. */
export const openEngine = (host: string = DEFAULT_HOST): Engine => {
  const address = addressOf(host);
  let prefix: string | undefined;

  const call: Engine['call'] = async (method, path, body) => {
    try {
      if (prefix === undefined) {
        // engines take the versions of some years: its own is always among them
        const { version } = await ask(address, { method: 'GET', path: '/_ping' });
        prefix = version === undefined ? '' : `/v${version}`;
      }
      return await ask(address, { method, path: prefix + path, body });
    } catch (error) {
      const message = `it does not answer at ${host}: ${(error as Error).message}`;
      return { status: 0, body: Buffer.from(JSON.stringify({ message })) };
    }
  };
  return { call };
};

/** The reason that a refusal gives. */
export const messageOf = ({ status, body }: EngineAnswer): string => {
  try {
    const { message } = JSON.parse(body.toString()) as { message?: string };
    if (message) return message;
  } catch {
    // a gateway's words, or none
  }
  return `HTTP ${status} ${body.toString().slice(0, 200)}`.trim();
};

/** What a container without a terminal has said: both of its streams come in frames of their own, as they were written.
 *  https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach */
export const readFrames = (bytes: Buffer): string => {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts).toString();
};
