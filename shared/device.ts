import type { Env } from './contracts/env.ts';
import { AppError } from './errors.ts';

export type Device = Env['DROPTUNE_DEVICE'];

/** What to compute on, as the environment says. */
export const deviceFrom = (env: Readonly<Record<string, string | undefined>>): Device => {
  const asked = env['DROPTUNE_DEVICE'] || 'cpu';
  if (asked === 'cpu' || asked === 'cuda') return asked;
  throw new AppError(
    'invalid_request',
    `DROPTUNE_DEVICE is ${JSON.stringify(asked)}: there are cpu and cuda`,
  );
};
