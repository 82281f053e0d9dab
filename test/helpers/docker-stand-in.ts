/** A Docker engine on a socket that runs containers as processes of this machine. Its answers are those of Docker 20.10
 *  (API 1.41), taken from the real one: `npm run test:docker` runs the same tests on it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { tempFolder } from './engine-store.ts';

type Body = {
  Image: string;
  Cmd: string[];
  Env: string[];
  Labels: Record<string, string>;
  User?: string;
  HostConfig: {
    Binds: string[];
    NetworkMode?: string;
    Mounts: { Type: string; Source: string; Target: string }[];
    DeviceRequests: { Driver: string; Count?: number; DeviceIDs?: string[]; Capabilities: string[][] }[];
  };
};
type Container = {
  id: string;
  name: string;
  body: Body;
  status: string;
  child?: ChildProcess;
  log: Buffer[];
};
type Answer = readonly [status: number, body?: object | Buffer];

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const VERSION = '1.41';
const frame = (stream: 1 | 2, chunk: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(chunk.length, 4);
  return Buffer.concat([head, chunk]);
};
const says = (status: number, message: string): Answer => [status, { message }];

/** `images`: name → the command that its entry point is. */
export const startDocker = async (images: Readonly<Record<string, readonly string[]>>) => {
  const containers = new Map<string, Container>();
  const created: Body[] = [];
  const pruned: string[] = [];

  const create = (name: string, body: Body): Answer => {
    if (!NAME.test(name))
      return says(400, `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
    if (!images[body.Image]) return says(404, `No such image: ${body.Image}`);
    for (const { Source } of body.HostConfig.Mounts)
      if (!existsSync(Source))
        return says(400, `invalid mount config for type "bind": bind source path does not exist: ${Source}`);
    const other = containers.get(name);
    if (other)
      return says(
        409,
        `Conflict. The container name "/${name}" is already in use by container "${other.id}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    const id = randomBytes(32).toString('hex');
    containers.set(name, { id, name, body, status: 'created', log: [] });
    created.push(body);
    return [201, { Id: id, Warnings: [] }];
  };

  const start = (container: Container): Answer => {
    if (container.status === 'running') return [304];
    const { Image, Cmd, Env, HostConfig } = container.body;
    if (HostConfig.DeviceRequests.length > 0)
      return says(500, 'could not select device driver "" with capabilities: [[gpu]]');
    if (HostConfig.NetworkMode === 'nonesuch') return says(404, 'network nonesuch not found');
    const [file, ...args] = [...images[Image]!, ...Cmd];
    const env = Object.fromEntries(Env.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
    const child = spawn(file!, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const [n, stream] of [child.stdout, child.stderr].entries())
      stream.on('data', (chunk: Buffer) => container.log.push(frame(n === 0 ? 1 : 2, chunk)));
    child.on('close', () => (container.status = 'exited'));
    Object.assign(container, { child, status: 'running' });
    return [204];
  };
  const kill = ({ name, id, status, child }: Container): Answer => {
    if (status !== 'running')
      return says(409, `Cannot kill container: ${name}: Container ${id} is not running`);
    child?.kill('SIGKILL');
    return [204];
  };
  const remove = (container: Container): Answer => {
    container.child?.kill('SIGKILL');
    containers.delete(container.name);
    return [204];
  };
  const ACTS: Readonly<Record<string, (container: Container) => Answer>> = {
    'GET json': ({ id, name, status }) => [200, { Id: id, Name: `/${name}`, State: { Status: status } }],
    'GET logs': ({ log }) => [200, Buffer.concat(log)],
    'POST start': start,
    'POST kill': kill,
    'DELETE ': remove,
  };

  const route = ({ method = '', url = '' }: IncomingMessage, text: string): Answer => {
    const { pathname, searchParams } = new URL(url, 'http://docker');
    if (pathname === '/_ping') return [200, Buffer.from('OK')];
    const [, version, first, name = '', verb = ''] = pathname.split('/');
    if (version !== `v${VERSION}`)
      return says(
        400,
        `client version ${version?.slice(1)} is too new. Maximum supported API version is ${VERSION}`,
      );
    if (first !== 'containers') return says(404, 'page not found');
    if (name === 'create') return create(searchParams.get('name') ?? '', JSON.parse(text) as Body);
    if (name === 'prune') {
      pruned.push(searchParams.get('filters') ?? '');
      return [200, { ContainersDeleted: null, SpaceReclaimed: 0 }];
    }
    const container = containers.get(name);
    if (!container) return says(404, `No such container: ${name}`);
    return ACTS[`${method} ${verb}`]?.(container) ?? says(404, 'page not found');
  };

  const server = createServer((request, response) => {
    void request.toArray().then((parts: Buffer[]) => {
      const [status, body] = route(request, Buffer.concat(parts).toString());
      const type = Buffer.isBuffer(body) ? {} : { 'content-type': 'application/json' };
      response.writeHead(status, { 'api-version': VERSION, server: 'Docker/20.10.24 (linux)', ...type });
      response.end(body === undefined || Buffer.isBuffer(body) ? body : `${JSON.stringify(body)}\n`);
    });
  });
  const socket = join(tempFolder(), 'docker.sock');
  server.listen(socket);
  await once(server, 'listening');
  return {
    host: `unix://${socket}`,
    containers,
    /** what each container was made of */
    created,
    /** filters of each call to remove old ones */
    pruned,
    async close() {
      for (const { child } of containers.values()) child?.kill('SIGKILL');
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
};
export type DockerStandIn = Awaited<ReturnType<typeof startDocker>>;
