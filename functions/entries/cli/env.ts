import { Env, SECRETS } from '../../../shared/contracts/env.ts';
import { readEnv } from '../env.ts';
import type { Command } from './command.ts';

export const env: Command = {
  usage: 'env',
  summary: 'Every variable of the environment, its value here and what it is for.',
  arguments: { min: 0, max: 0 },
  options: {},
  async run(_, { terminal, env: source, json }) {
    const values: Readonly<Record<string, unknown>> = readEnv(source);
    const rows = Object.entries(Env.shape).map(([name, type]) => {
      const value = values[name];
      const shown = value === undefined ? null : SECRETS.has(name) ? '***' : String(value);
      return { name, value: shown, set: Boolean(source[name]), description: type.description ?? '' };
    });
    if (json) terminal.out(`${JSON.stringify(rows)}\n`);
    else
      for (const { name, value, set, description } of rows)
        terminal.out(
          `${name}=${value ?? ''}${set || value === null ? '' : '  (default)'}\n    ${description}\n`,
        );
    return 0;
  },
};
