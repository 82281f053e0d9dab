/** What a stack costs while nothing happens, read off its template. Pure. */
import type { PriceRow } from '../../../../shared/contracts/estimate.ts';

export type Cloud = 'aws' | 'aliyun';
export type Template = {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
};
export type RestPrice = {
  readonly cloud: Cloud;
  readonly item: 'alarm' | 'secret' | 'call' | 'memory' | 'vcpu';
  readonly usd: number;
  readonly per: string;
  readonly date: string;
  readonly source: string;
};
/** `usd` a month; null where no price is known here. */
export type RestItem = {
  readonly what: string;
  readonly usd: number | null;
  readonly sources: readonly string[];
};

const HOURS = 730; // of a month
const CALLS = 60 * HOURS; // of the sweep
const SECONDS = 1; // of each, assumed: with nothing to do it asks the database, and seldom the bucket

type Prices = { readonly rest: readonly RestPrice[]; readonly machines: readonly PriceRow[] };

const said = ({ date, source }: Pick<RestPrice, 'date' | 'source'>): string => `${date}: ${source}`;

const sweepOf = ({ Resources }: Template, prices: readonly RestPrice[]): RestItem => {
  const sweep = Resources['SweepLambdaFunction'] ?? Resources['Sweep'];
  const { MemorySize, Cpu } = sweep?.Properties ?? {};
  const amounts: Partial<Record<RestPrice['item'], number>> = {
    call: 1,
    memory: (Number(MemorySize) / 1024) * SECONDS,
    vcpu: Number(Cpu) * SECONDS,
  };
  const used = prices.filter(({ item }) => item in amounts);
  return {
    what: `sweep: ${CALLS} calls, ${SECONDS} s each (assumed)`,
    usd: used.reduce((sum, { item, usd }) => sum + CALLS * usd * amounts[item]!, 0),
    sources: used.map(said),
  };
};

/** The machine that waits for work. */
const machinesOf = ({ Resources }: Template, machines: readonly PriceRow[]): RestItem[] =>
  Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::EC2::LaunchTemplate')
    .map(({ Properties }) => {
      const type = String(
        (Properties?.['LaunchTemplateData'] as { InstanceType?: string } | undefined)?.InstanceType,
      );
      const row = machines.find(({ name }) => name.includes(type));
      return {
        what: `machine ${type}: ${HOURS} hours, unless it is stopped`,
        usd: row ? row.usd_per_hour * HOURS : null,
        sources: row ? [said(row)] : [],
      };
    });

const countedOf = (template: Template, prices: readonly RestPrice[]): RestItem[] => {
  const alarms = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  const counts = [
    ['alarm', alarms.length],
    ['secret', JSON.stringify(template).includes('{{resolve:secretsmanager:') ? 1 : 0],
  ] as const;
  return counts.flatMap(([name, count]) =>
    prices
      .filter(({ item }) => item === name && count > 0)
      .map((price) => ({
        what: `${count} ${name}${count > 1 ? 's' : ''}`,
        usd: count * price.usd,
        sources: [said(price)],
      })),
  );
};

const UNPRICED: Readonly<Record<Cloud, readonly string[]>> = {
  aws: [
    'the database',
    'bytes in the bucket',
    "the machine's volume and public address",
    "the queue's polling",
    'logs',
  ],
  aliyun: ['the database', 'bytes in the bucket', 'logs'],
};

/** Dearest first; what has no price here comes last, so that nobody takes it for free. */
export const atRest = (cloud: Cloud, template: Template, { rest, machines }: Prices): RestItem[] => {
  const prices = rest.filter((row) => row.cloud === cloud);
  const priced = [
    ...machinesOf(template, machines),
    sweepOf(template, prices),
    ...countedOf(template, prices),
  ].toSorted((a, b) => (b.usd ?? -1) - (a.usd ?? -1));
  return [...priced, ...UNPRICED[cloud].map((what) => ({ what, usd: null, sources: [] }))];
};
