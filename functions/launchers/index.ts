import type { Env } from '../../shared/contracts/env.ts';
import { AppError } from '../../shared/errors.ts';
import { dockerLauncher } from './docker.ts';
import { fcLauncher } from './fc.ts';
import type { Launcher } from './launcher.ts';
import { localLauncher } from './local.ts';

type Options = {
  readonly settings: Env;
  /** the environment: what a worker inherits, and the launcher's own credential. Read when it is used. */
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Throws `invalid_request` where the launcher cannot do without. */
const needed = (launcher: string, name: string, value: string | undefined): string => {
  if (value) return value;
  throw new AppError('invalid_request', `DROPTUNE_LAUNCHER=${launcher} needs ${name}`, {
    hint: '`droptune env` says what it is for.',
  });
};

const openFc = ({ settings, env }: Options): Launcher => {
  const need = (name: keyof Env) => needed('fc', name, settings[name]?.toString());
  return fcLauncher({
    api: settings.DROPTUNE_FC_API,
    account: need('FC_ACCOUNT_ID'),
    region: need('FC_REGION'),
    function: need('DROPTUNE_FC_FUNCTION'),
    instanceType: settings.DROPTUNE_FC_INSTANCE_TYPE,
    endpoint: settings.DROPTUNE_FC_ENDPOINT,
    concurrency: settings.DROPTUNE_WORKERS,
    credentials: () => ({
      id: needed('fc', 'ALIBABA_CLOUD_ACCESS_KEY_ID', env['ALIBABA_CLOUD_ACCESS_KEY_ID']),
      secret: needed('fc', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET', env['ALIBABA_CLOUD_ACCESS_KEY_SECRET']),
      token: env['ALIBABA_CLOUD_SECURITY_TOKEN'],
    }),
  });
};

/** A function's credential is its own, and ends before a run does: the machine of the engine has one for workers. */
const withoutOwn = (env: Options['env']): Options['env'] =>
  env['AWS_LAMBDA_FUNCTION_NAME'] === undefined && env['FC_FUNCTION_NAME'] === undefined
    ? env
    : Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS|ALIBABA_CLOUD)_/.test(name)));

const openDocker = ({ settings, env }: Options): Launcher =>
  dockerLauncher({
    image: needed('docker', 'DROPTUNE_DOCKER_IMAGE', settings.DROPTUNE_DOCKER_IMAGE),
    host: settings.DOCKER_HOST,
    gpus: settings.DROPTUNE_DOCKER_GPUS,
    network: settings.DROPTUNE_DOCKER_NETWORK,
    binds: settings.DROPTUNE_DOCKER_BINDS?.split(','),
    concurrency: settings.DROPTUNE_WORKERS,
    env: withoutOwn(env),
  });

/** Value of `DROPTUNE_LAUNCHER` → launcher. */
const LAUNCHERS: Readonly<Record<Env['DROPTUNE_LAUNCHER'], (options: Options) => Launcher>> = {
  local: ({ settings: { DROPTUNE_HOME: home, DROPTUNE_WORKERS: concurrency }, env }) =>
    localLauncher({ home, env, concurrency }),
  docker: openDocker,
  fc: openFc,
};

/** The launcher that the environment names. Throws `invalid_request` where it needs a variable that is not set. */
export const openLauncher = (options: Options): Launcher =>
  LAUNCHERS[options.settings.DROPTUNE_LAUNCHER](options);
