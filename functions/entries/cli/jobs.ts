import type { ApiJob } from '../../../shared/contracts/api.ts';
import { AppError } from '../../../shared/errors.ts';
import { readEnv } from '../env.ts';
import { type Client, findService } from './client.ts';
import type { Cli, Command } from './command.ts';
import { watchJob } from './watch-job.ts';

const PAGE = 100;

const line = (job: ApiJob): string =>
  [
    job.id,
    new Date(job.created_at * 1000).toISOString().slice(0, 16).replace('T', ' '),
    job.x_status.padEnd(10),
    job.x_verdict ?? '',
    `${job.x_project}/${job.x_name}`,
    job.fine_tuned_model ?? '',
  ]
    .join('  ')
    .trimEnd();

type Action = (client: Client, id: string, cli: Cli) => Promise<number>;

const print = ({ terminal, json }: Cli, job: ApiJob): void =>
  terminal.out(json ? `${JSON.stringify(job)}\n` : `${JSON.stringify(job, null, 2)}\n`);

const list = async (client: Client, { terminal, json }: Cli): Promise<number> => {
  for (let after: string | undefined; ;) {
    const { data, has_more } = await client.jobs({ limit: PAGE, after });
    for (const job of data) terminal.out(`${json ? JSON.stringify(job) : line(job)}\n`);
    after = data.at(-1)?.id;
    if (!has_more || after === undefined) return 0;
  }
};

const events: Action = async (client, id, { terminal, json }) => {
  const all = [];
  for (let after: string | undefined; ;) {
    const { data, has_more } = await client.events(id, { limit: PAGE, after });
    all.push(...data);
    after = data.at(-1)?.id;
    if (!has_more || after === undefined) break;
  }
  for (const event of all.toReversed()) {
    const time = new Date(event.created_at * 1000).toISOString().slice(0, 19).replace('T', ' ');
    terminal.out(`${json ? JSON.stringify(event) : `${time}  ${event.message}`}\n`);
  }
  return 0;
};

const ACTIONS: Readonly<Record<string, Action>> = {
  show: async (client, id, cli) => {
    print(cli, await client.job(id));
    return 0;
  },
  events,
  cancel: async (client, id, cli) => {
    print(cli, await client.cancel(id));
    return 0;
  },
  wait: (client, id, cli) => watchJob(client, id, cli),
};

export const jobs: Command = {
  usage: 'jobs [list | show ID | events ID | cancel ID | wait ID]',
  summary: 'Jobs of a running service. `wait` exits 0 when the job succeeded and 1 when it did not.',
  arguments: { min: 0, max: 2 },
  options: {},
  async run({ positionals: [name = 'list', id] }, cli) {
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    const hint = `Usage: droptune ${jobs.usage}`;
    if (!action && name !== 'list')
      throw new AppError('invalid_request', `jobs cannot ${JSON.stringify(name)}`, { hint });
    if (action && id === undefined)
      throw new AppError('invalid_request', `jobs ${name}: which job?`, { hint });
    const client = await findService(readEnv(cli.env));
    return action ? action(client, id!, cli) : list(client, cli);
  },
};
