/** A worker is a container, named after its attempt: the engine has each name once. What has ended stays a day for its log. */
import { AppError } from '../../shared/errors.ts';
import { type EngineAnswer, messageOf, openEngine, readFrames } from './docker-api.ts';
import { type Attempt, attemptName, type Launched, type Launcher, type MachineState } from './launcher.ts';

type Options = {
  /** of the worker: its entry point takes `worker SPEC_URI` */
  readonly image: string;
  /** absent = the socket of Docker's own engine */
  readonly host?: string | undefined;
  /** what the worker inherits */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `all`, a number of cards, or their ids; absent = none */
  readonly gpus?: string | undefined;
  /** a network's name, `host`, `none`; absent = Docker's default */
  readonly network?: string | undefined;
  /** as of `docker run -v` */
  readonly binds?: readonly string[] | undefined;
  readonly concurrency?: number | undefined;
};

/** What a worker reads, and no more of the environment: where bases come from, and the clouds' own credentials. */
const HANDED_ON =
  /^(DROPTUNE_DEVICE|HF_ENDPOINT|HF_TOKEN|MODELSCOPE_ENDPOINT|(HTTPS?|NO)_PROXY|(AWS|ALIBABA_CLOUD)_\w+)$/i;

const LABEL = 'droptune.job';
const KEPT = '24h';
/** For a checkpoint, when the engine or its machine is stopped; by itself Docker kills after ten. */
const STOP_SECONDS = 90;
const LOG_LINES = 40;
const LOG_CHARACTERS = 8000;

/** https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerInspect: of one that was
 *  created and not begun nothing is known */
const STATES: Readonly<Record<string, MachineState>> = {
  running: 'running',
  paused: 'running',
  restarting: 'running',
  removing: 'gone',
  exited: 'gone',
  dead: 'gone',
};

const HINTS: readonly (readonly [RegExp, (options: Options) => string])[] = [
  [/does not answer/, () => 'Is the engine running, DOCKER_HOST its address, and may this user open it?'],
  [
    /No such image|image not known/,
    ({ image }) => `On the engine's machine: docker pull ${image}, or build it.`,
  ],
  [
    /device driver|nvidia|cdi/i,
    () =>
      "The engine has no GPUs to give: install NVIDIA's container toolkit there, or unset DROPTUNE_DOCKER_GPUS.",
  ],
  [/network/i, () => 'DROPTUNE_DOCKER_NETWORK must be a network of that engine.'],
  [
    /bind|mount|volume/i,
    () => "Paths in DROPTUNE_DOCKER_BINDS and of a file: store are of the engine's machine.",
  ],
  [
    /executable|exec:/,
    ({ image }) => `${image} is no worker's image: its entry point takes worker SPEC_URI.`,
  ],
];

const failed = (options: Options, what: string, answer: EngineAnswer): AppError => {
  const message = messageOf(answer);
  const hint = HINTS.find(([pattern]) => pattern.test(message))?.[1](options);
  return new AppError('launch_failed', `Docker cannot ${what}: ${message}`, {
    hint: hint ?? `The engine's own log says more; the image is ${options.image}.`,
  });
};

const devicesOf = (gpus: string | undefined): object[] => {
  const count = gpus === 'all' ? -1 : Number(gpus ?? 0);
  if (count === 0 || gpus === undefined) return [];
  const cards = Number.isInteger(count) ? { Count: count } : { DeviceIDs: gpus.split(',') };
  return [{ Driver: '', Capabilities: [['gpu']], ...cards }];
};

/** The folder of a `file:` store is the same in the container, and so is whoever owns what is written there. */
const folderOf = (store: string): string | null =>
  store.startsWith('file:') ? decodeURIComponent(store.slice('file:'.length)) : null;

const bodyOf = ({ image, env, gpus, network, binds = [] }: Options, attempt: Attempt): object => {
  const folder = folderOf(attempt.store);
  const handed = Object.entries(env).filter(([name, value]) => HANDED_ON.test(name) && value !== undefined);
  return {
    Image: image,
    Cmd: ['worker', attempt.specUri],
    Env: [...handed, ['DROPTUNE_STORAGE', attempt.store]].map(([name, value]) => `${name}=${value}`),
    Labels: { [LABEL]: attempt.job },
    // the image's own asks a port that only a worker which waits for work listens on
    Healthcheck: { Test: ['NONE'] },
    StopTimeout: STOP_SECONDS,
    ...(folder !== null && process.getuid && { User: `${process.getuid()}:${process.getgid!()}` }),
    HostConfig: {
      Binds: binds,
      Mounts: folder === null ? [] : [{ Type: 'bind', Source: folder, Target: folder }],
      DeviceRequests: devicesOf(gpus),
      ...(network !== undefined && { NetworkMode: network }),
    },
  };
};

const PREFIX = 'docker:';
const nameOf = (machine: string): string | null =>
  machine.startsWith(PREFIX) ? machine.slice(PREFIX.length) : null;

/** Of what has ended a day ago there is no need any more. */
const OLD = encodeURIComponent(JSON.stringify({ label: [LABEL], until: [KEPT] }));

export const dockerLauncher = (options: Options): Launcher => {
  const { call } = openEngine(options.host);

  /** a container's own state; null where there is none */
  const inspect = async (name: string): Promise<string | null> => {
    const answer = await call('GET', `/containers/${name}/json`);
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw failed(options, `show ${name}`, answer);
    return (JSON.parse(answer.body.toString()) as { State: { Status: string } }).State.Status;
  };
  const start = async (name: string): Promise<void> => {
    const started = await call('POST', `/containers/${name}/start`);
    if (started.status === 204 || started.status === 304) return;
    await call('DELETE', `/containers/${name}?force=1`);
    throw failed(options, `start ${name}`, started);
  };

  const launch = async (attempt: Attempt): Promise<Launched> => {
    const name = `droptune-${attemptName(attempt)}`;
    const made = await call('POST', `/containers/create?name=${name}`, bodyOf(options, attempt));
    if (made.status === 0) return { kind: 'later', reason: `Docker cannot make ${name}: ${messageOf(made)}` };
    if (made.status !== 201 && made.status !== 409) throw failed(options, `make ${name}`, made);
    // one that has ended would begin again
    if (made.status === 201 || (await inspect(name)) === 'created') await start(name);
    await call('POST', `/containers/prune?filters=${OLD}`);
    return { kind: 'launched', machine: PREFIX + name };
  };

  return {
    name: 'docker',
    instance_type: null,
    concurrency: options.concurrency ?? 1,
    poll_ms: 5000,
    launch,
    async state(machine) {
      const name = nameOf(machine);
      if (name === null) return 'unknown';
      const state = await inspect(name);
      return state === null ? 'gone' : (STATES[state] ?? 'unknown');
    },
    async cancel(machine) {
      const name = nameOf(machine);
      if (name === null) return;
      const killed = await call('POST', `/containers/${name}/kill`);
      // 404: it is not there, 409: it does not run
      if (![204, 404, 409].includes(killed.status)) throw failed(options, `stop ${name}`, killed);
    },
    async logs(machine) {
      const name = nameOf(machine);
      if (name === null) return null;
      const answer = await call('GET', `/containers/${name}/logs?stdout=1&stderr=1&tail=${LOG_LINES}`);
      if (answer.status === 404) return null;
      if (answer.status !== 200) throw failed(options, `read the log of ${name}`, answer);
      return { text: readFrames(answer.body).slice(-LOG_CHARACTERS), where: `docker logs ${name}` };
    },
  };
};
