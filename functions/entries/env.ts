import { Env } from '../../shared/contracts/env.ts';
import { AppError } from '../../shared/errors.ts';

/** The environment, parsed. Throws `invalid_request` that names every variable which cannot be right. */
export const readEnv = (source: Readonly<Record<string, string | undefined>> = process.env): Env => {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = Env.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new AppError('invalid_request', `The environment cannot be used. ${wrong.join('; ')}`, {
    hint: '`droptune env` lists every variable.',
  });
};
