/** `fetch-base ID`: sees that a base is on this machine, before a job wants it. */
import { resolve } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { resolveBase } from './resolve.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Says each way that failed, then where the base is; throws `base_unavailable` where it can be had from nowhere. */
export const fetchBaseCommand = async (
  [id]: readonly string[],
  env: Environment,
  say: (line: object) => void,
): Promise<number> => {
  if (id === undefined) throw new AppError('invalid_request', 'Which base? fetch-base ID');
  const home = resolve(env['DROPTUNE_HOME'] ?? '.droptune');
  const { path, source } = await resolveBase(id, {
    home,
    env,
    note: (message) => say({ type: 'note', message }),
  });
  say({ type: 'done', id, path, source });
  return 0;
};
