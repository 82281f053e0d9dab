/** Whether a function in the cloud can be a worker. Pure: each rule is a setting that would fail late and dearly. */

export type FcSettings = {
  readonly runtime?: string;
  /** seconds */
  readonly timeout?: number;
  readonly instanceConcurrency?: number;
  readonly gpuConfig?: { readonly gpuType?: string };
  /** the second generation's word for the card */
  readonly instanceType?: string;
};
export type FcAsyncConfig = {
  readonly asyncTask?: boolean;
  /** the second generation's word for it */
  readonly statefulInvocation?: boolean;
  readonly maxAsyncRetryAttempts?: number;
};

/** https://help.aliyun.com/zh/functioncompute/fc/product-overview/instance-types-and-specifications */
const LONGEST_SECONDS = 86_400;
const SHORTEST_SECONDS = 600;
const RETRIES = 3; // of a function that does not say

type Rule = {
  readonly broken: (settings: FcSettings, config: FcAsyncConfig, card: string | null) => boolean;
  readonly fix: (card: string | null) => string;
};

const cardOf = ({ gpuConfig, instanceType }: FcSettings): string | null => {
  const card = gpuConfig?.gpuType ?? instanceType;
  return card?.startsWith('fc.gpu.') ? card : null;
};

const RULES: readonly Rule[] = [
  {
    broken: ({ runtime }) => runtime !== 'custom-container',
    fix: () => 'runtime: custom-container, with the image of the worker',
  },
  {
    broken: ({ timeout = 0 }) => timeout < SHORTEST_SECONDS,
    fix: () => `timeout: ${LONGEST_SECONDS} seconds, since a run ends with its invocation`,
  },
  {
    broken: ({ instanceConcurrency = 1 }) => instanceConcurrency !== 1,
    fix: () => 'instanceConcurrency: 1, since an instance has one run at a time',
  },
  {
    broken: (_, { asyncTask, statefulInvocation }) => !(asyncTask ?? statefulInvocation ?? false),
    fix: () => 'asyncTask: true, without which an attempt could be begun twice and not be stopped',
  },
  {
    broken: (_, { maxAsyncRetryAttempts = RETRIES }) => maxAsyncRetryAttempts !== 0,
    fix: () => 'maxAsyncRetryAttempts: 0, since the service makes the next attempt itself',
  },
  {
    broken: (settings, _, card) => cardOf(settings) !== card,
    fix: (card) =>
      card === null
        ? 'no GPU, or DROPTUNE_FC_INSTANCE_TYPE set to its card'
        : `gpuType: ${card}, or DROPTUNE_FC_INSTANCE_TYPE as the function has it`,
  },
];

/** What is to be set, of all that is wrong; empty for a function that can be a worker. `card` is what the jobs are
 *  priced by, null for a function without one. */
export const fixesFor = (settings: FcSettings, config: FcAsyncConfig, card: string | null): string[] =>
  RULES.flatMap(({ broken, fix }) => (broken(settings, config, card) ? [fix(card)] : []));
