import type { Env } from '../../shared/contracts/env.ts';
import type { Launcher } from './launcher.ts';
import { localLauncher } from './local.ts';

type Options = {
  readonly settings: Env;
  /** the environment that a worker on this machine inherits */
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Value of `DROPTUNE_LAUNCHER` → launcher. */
const LAUNCHERS: Readonly<Record<Env['DROPTUNE_LAUNCHER'], (options: Options) => Launcher>> = {
  local: ({ settings: { DROPTUNE_HOME: home, DROPTUNE_WORKERS: concurrency }, env }) =>
    localLauncher({ home, env, concurrency }),
};

/** The launcher that the environment names. Throws `invalid_request` where it needs a variable that is not set. */
export const openLauncher = (options: Options): Launcher =>
  LAUNCHERS[options.settings.DROPTUNE_LAUNCHER](options);
