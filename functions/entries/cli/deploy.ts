import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { readShipped } from '../../../shared/shipped.ts';
import { readPrices } from '../prices.ts';
import type { Args, Command } from './command.ts';
import { atRest, type Cloud, type RestItem, type RestPrice, type Template } from './deploy/rest.ts';

type Plan = {
  readonly template: string;
  /** what must be there before */
  readonly needs: readonly string[];
  readonly guide: string;
};

const CLOUDS: Readonly<Record<Cloud, Plan>> = {
  aws: {
    template: 'infra/aws/template.json',
    needs: [
      'PostgreSQL, in a VPC with two subnets that reach the internet',
      'in the parameter store: /droptune/<stage>/vpc, subnets, route-tables',
      'in the Secrets Manager: droptune/<stage> with DATABASE_URL, DROPTUNE_ADMIN_KEY, DROPTUNE_WEBHOOK_SECRET',
      'in the registry: droptune-worker:cuda (infra/images)',
    ],
    guide: 'infra/aws/README.md',
  },
  aliyun: {
    template: 'infra/alibaba/template.json',
    needs: [
      'PostgreSQL, in a VPC with a switch and a security group',
      'a bucket with the zip of dist/aliyun',
      "in a registry of the region: the worker's image (infra/images)",
      'parameters of the stack: DatabaseUrl, AdminKey, WebhookSecret and the names of the above',
    ],
    guide: 'infra/alibaba/README.md',
  },
};

const RestPrices: z.ZodType<RestPrice[]> = z.array(
  z.strictObject({
    cloud: z.enum(['aws', 'aliyun']),
    item: z.enum(['alarm', 'secret', 'call', 'memory', 'vcpu']),
    usd: z.number().positive(),
    per: z.string().min(1),
    date: z.iso.date(),
    source: z.string().min(1),
  }),
);

const cloudOf = ({ positionals: [name = ''], on }: Args): Cloud => {
  if (!Object.hasOwn(CLOUDS, name))
    throw new AppError('invalid_request', `There is no stack for ${JSON.stringify(name)}`, {
      hint: `Give one of ${Object.keys(CLOUDS).join(', ')}.`,
    });
  const cloud = name as Cloud;
  if (!on('dry-run'))
    throw new AppError('invalid_request', 'This command makes nothing: it shows what would be made', {
      hint: `Give --dry-run; ${CLOUDS[cloud].guide} has the commands that deploy.`,
    });
  return cloud;
};

/** Kind → how many, as the cloud calls it. */
const countKinds = ({ Resources }: Template): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(Resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
};

const money = (usd: number | null): string => (usd === null ? 'no price here' : `${usd.toFixed(2)} USD`);

const textOf = (plan: Plan, made: Record<string, number>, rest: readonly RestItem[]): string => {
  const known = rest.reduce((sum, { usd }) => sum + (usd ?? 0), 0);
  return [
    `Made (${plan.template}):`,
    ...Object.entries(made).map(([type, count]) => `  ${String(count).padStart(2)} ${type}`),
    '\nNeeded before:',
    ...plan.needs.map((need) => `  ${need}`),
    '\nAt rest, a month:',
    ...rest.map(({ what, usd }) => `  ${money(usd).padStart(13)}  ${what}`),
    `  ${money(known).padStart(13)}  of what has a price here`,
    '\nPrices:',
    ...[...new Set(rest.flatMap(({ sources }) => sources))].map((source) => `  ${source}`),
    `\nHow to deploy: ${plan.guide}`,
    '',
  ].join('\n');
};

export const deploy: Command = {
  usage: 'deploy (aws | aliyun) --dry-run',
  summary:
    'What a stack in the cloud would be made of, what it needs, and what it costs while nothing happens.',
  arguments: { min: 1, max: 1 },
  options: { 'dry-run': { type: 'boolean', help: 'show it, and make nothing' } },
  async run(args, { terminal, env, json }) {
    const cloud = cloudOf(args);
    const plan = CLOUDS[cloud];
    const template = JSON.parse(await readShipped(plan.template)) as Template;
    const rest = RestPrices.parse(JSON.parse(await readShipped('infra/prices-at-rest.json')));
    const machines = await readPrices({ DROPTUNE_PRICES: env['DROPTUNE_PRICES'] });
    const [made, items] = [countKinds(template), atRest(cloud, template, { rest, machines })];
    terminal.out(
      json
        ? `${JSON.stringify({ version: 1, cloud, made, needs: plan.needs, at_rest: items, guide: plan.guide })}\n`
        : textOf(plan, made, items),
    );
    return 0;
  },
};
