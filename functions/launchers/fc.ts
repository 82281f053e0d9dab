/** A worker is a task of a function of Alibaba Cloud's Function Compute, whose container runs `worker --serve`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Invocation } from '../../shared/contracts/invocation.ts';
import { AppError } from '../../shared/errors.ts';
import { type FcAnswer, type FcApi, type FcFailure, type FcOptions, type FcTask, openFc } from './fc-api.ts';
import { type FcAsyncConfig, type FcSettings, fixesFor } from './fc-settings.ts';
import { type Attempt, attemptName, type Launched, type Launcher, type MachineState } from './launcher.ts';

type Options = FcOptions & {
  /** the function's card, e.g. `fc.gpu.tesla.1`; absent = it has none */
  readonly instanceType?: string | undefined;
  readonly concurrency?: number | undefined;
  readonly pause_ms?: number;
};

/** https://help.aliyun.com/zh/functioncompute/fc/user-guide/task-management: of a state that is not here nothing is known */
const STATES: Readonly<Record<string, MachineState>> = {
  Enqueued: 'waiting',
  Dequeued: 'waiting',
  Retrying: 'waiting',
  Running: 'running',
  Stopping: 'running',
  Succeeded: 'gone',
  Failed: 'gone',
  Stopped: 'gone',
  Expired: 'gone',
  Invalid: 'gone',
};

const TRIES = 3;
const NO_SUCH_HOST = 'ENOTFOUND';

/** No answer, or one of the platform's own trouble: whether the call had its effect is not known. */
const isDoubtful = ({ status, code }: FcFailure): boolean =>
  status === null ? code !== NO_SUCH_HOST : status >= 500;
/** https://www.alibabacloud.com/help/en/function-compute/latest/error-codes */
const isFull = ({ status }: FcFailure): boolean => status === 429 || status === 503;

const HINTS: Readonly<Record<string, (options: FcOptions) => string>> = {
  401: () => 'ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET must be an active key of the account.',
  403: ({ function: name }) =>
    `Is the key right, and the clock? Its role or user needs fc:InvokeFunction, fc:GetFunction, fc:GetFunctionAsyncInvokeConfig, fc:GetAsyncTask and fc:StopAsyncTask on functions/${name}.`,
  404: ({ region }) => `DROPTUNE_FC_FUNCTION must be a function of ${region}; FC_REGION names the region.`,
  [NO_SUCH_HOST]: () =>
    'FC_ACCOUNT_ID, FC_REGION and DROPTUNE_FC_ENDPOINT make up the address: is one of them wrong?',
};

const words = ({ code, message }: FcFailure): string => `${code}: ${message}`;

const failed = (options: FcOptions, what: string, failure: FcFailure): AppError => {
  const hint = HINTS[failure.status ?? failure.code]?.(options);
  return new AppError('launch_failed', `Function Compute ${what}: ${words(failure)}`, {
    hint:
      hint ?? `The function is ${options.function} in ${options.region}; the message is the platform's own.`,
  });
};

/** The answer's data, null for what is not there. Throws `launch_failed`. */
const found = <T>(options: FcOptions, what: string, answer: FcAnswer): T | null => {
  if (answer.ok) return answer.data as T;
  if (answer.failure.status === 404) return null;
  throw failed(options, `cannot ${what}`, answer.failure);
};

/** Why a launch has to wait. Throws `launch_failed` for what does not mend itself. */
const whyLater = (options: FcOptions, what: string, failure: FcFailure): string => {
  if (isFull(failure) || isDoubtful(failure)) return `Function Compute ${what}: ${words(failure)}`;
  throw failed(options, what, failure);
};

/** Null for a function that can be a worker, else why that cannot be seen now. Throws `launch_failed` with all that is to
 *  be set. */
const checkFunction = async (fc: FcApi, options: Options): Promise<string | null> => {
  const { function: name, instanceType = null } = options;
  const [settings, config] = [await fc.settings(), await fc.asyncConfig()];
  if (!settings.ok) return whyLater(options, `does not show ${name}`, settings.failure);
  if (!config.ok && config.failure.status !== 404)
    return whyLater(options, `does not show how ${name} is invoked`, config.failure);
  const asyncConfig = config.ok ? (config.data as FcAsyncConfig) : {};
  const fixes = fixesFor(settings.data as FcSettings, asyncConfig, instanceType);
  if (fixes.length > 0)
    throw new AppError('launch_failed', `The function ${name} cannot be a worker as it is`, {
      hint: `Set ${fixes.join('; ')}.`,
    });
  return null;
};

const eventOf = ({ specUri, store }: Attempt): string =>
  JSON.stringify({ version: 1, spec_uri: specUri, store } satisfies Invocation);

/** Whether the task is there; null where that cannot be seen now. */
const isBegun = async (fc: FcApi, id: string): Promise<boolean | null> => {
  const seen = await fc.task(id);
  if (seen.ok) return true;
  return isFull(seen.failure) || isDoubtful(seen.failure) ? null : false;
};

/** Begins the task, once: an id that is there already is a success, whoever has begun it. Null, or why it has to wait. */
const begin = async (fc: FcApi, options: Options, id: string, event: string): Promise<string | null> => {
  const { pause_ms = 1000 } = options;
  let doubt: string | null = null;
  for (let n = 0; n < TRIES; n++) {
    if (n > 0) await sleep(pause_ms * n);
    const answer = await fc.invoke(id, event);
    if (answer.ok) return null;
    const { failure } = answer;
    const begun = failure.status === 409 ? await isBegun(fc, id) : false;
    if (begun) return null;
    doubt =
      begun === null
        ? `Function Compute has ${id}, and does not show it`
        : whyLater(options, `does not start ${id}`, failure);
    if (isFull(failure)) return doubt;
  }
  if ((await fc.task(id)).ok) return null;
  await fc.stop(id); // it may still come: nobody waits for it
  return doubt;
};

const consoleUrl = ({ api, region, function: name }: FcOptions): string => {
  const at = `https://fcnext.console.aliyun.com/${region}`;
  return api === 'fc3'
    ? `${at}/functions/${name}?tab=logging`
    : `${at}/services/${name.replace('$', '/function-detail/')}/LATEST?tab=logs`;
};

const taskText = (id: string, task: FcTask): string => {
  const { status, requestId, instanceId } = task;
  const why = task.taskErrorMessage ?? task.invocationErrorMessage;
  return [
    `task ${id}: ${status ?? 'state unknown'}${why ? `, ${why}` : ''}`,
    `request ${requestId ?? 'unknown'}, instance ${instanceId ?? 'unknown'}: its lines are in the function's log store`,
  ].join('\n');
};

export const fcLauncher = (options: Options): Launcher => {
  const fc = openFc(options);
  const prefix = `fc:${options.function}:`;
  const taskOf = (machine: string): string | null =>
    machine.startsWith(prefix) ? machine.slice(prefix.length) : null;
  let checked = false;

  const launch = async (attempt: Attempt): Promise<Launched> => {
    const unseen = checked ? null : await checkFunction(fc, options);
    if (unseen !== null) return { kind: 'later', reason: unseen };
    checked = true;
    const id = attemptName(attempt);
    const reason = await begin(fc, options, id, eventOf(attempt));
    return reason === null ? { kind: 'launched', machine: prefix + id } : { kind: 'later', reason };
  };
  const state = async (machine: string): Promise<MachineState> => {
    const id = taskOf(machine);
    if (id === null) return 'unknown';
    const task = found<FcTask>(options, `tell the state of ${id}`, await fc.task(id));
    return (task?.status && STATES[task.status]) || 'unknown';
  };

  return {
    name: 'fc',
    instance_type: options.instanceType ?? null,
    concurrency: options.concurrency ?? 8, // a region has about ten cards for an account that has not asked for more
    poll_ms: 30_000,
    launch,
    state,
    async cancel(machine) {
      const id = taskOf(machine);
      if (id === null || (await state(machine)) === 'gone') return;
      found(options, `stop ${id}`, await fc.stop(id));
    },
    async logs(machine) {
      const id = taskOf(machine);
      if (id === null) return null;
      const task = found<FcTask>(options, `tell of ${id}`, await fc.task(id));
      return task && { text: taskText(id, task), where: consoleUrl(options) };
    },
  };
};
