/** Function Compute as the launcher uses it, in both of its generations.
 *  https://help.aliyun.com/zh/functioncompute/fc/developer-reference/api-fc-2023-03-30-overview */
import { AppError } from '../../shared/errors.ts';

export type FcOptions = {
  readonly api: 'fc3' | 'fc2';
  readonly account: string;
  readonly region: string;
  /** its name; one of the second generation is `service$function`, in both APIs */
  readonly function: string;
  /** absent = the public one of account and region */
  readonly endpoint?: string | undefined;
  /** asked before every call: what a role gives is renewed */
  readonly credentials: () => {
    readonly id: string;
    readonly secret: string;
    readonly token?: string | undefined;
  };
};

export type FcTask = {
  readonly status?: string;
  readonly requestId?: string;
  readonly instanceId?: string;
  readonly taskErrorMessage?: string;
  readonly invocationErrorMessage?: string;
};
/** What an answer that is no success says. `status` is null where there was no answer. */
export type FcFailure = {
  readonly status: number | null;
  readonly code: string;
  readonly message: string;
};
export type FcAnswer =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly failure: FcFailure };

/** With the RAM action that each call needs. */
export type FcApi = {
  /** fc:InvokeFunction; the id makes it a task that is begun once */
  invoke(task: string, event: string): Promise<FcAnswer>;
  /** fc:GetAsyncTask */
  task(task: string): Promise<FcAnswer>;
  /** fc:StopAsyncTask */
  stop(task: string): Promise<FcAnswer>;
  /** fc:GetFunction */
  settings(): Promise<FcAnswer>;
  /** fc:GetFunctionAsyncInvokeConfig */
  asyncConfig(): Promise<FcAnswer>;
};

type Paths = {
  readonly version: string;
  readonly function: string;
  readonly taskHeader: string;
  readonly task: (id: string) => string;
  readonly stop: (id: string) => string;
};
const PATHS: Readonly<Record<FcOptions['api'], (name: string) => Paths>> = {
  fc3: (name) => {
    const at = `/functions/${name}`;
    const task = (id: string) => `${at}/async-tasks/${id}`;
    return {
      version: '2023-03-30',
      function: at,
      taskHeader: 'x-fc-async-task-id',
      task,
      stop: (id) => `${task(id)}/stop`,
    };
  },
  fc2: (name) => {
    const [service, own] = name.split('$');
    if (!service || !own)
      throw new AppError('invalid_request', `DROPTUNE_FC_FUNCTION=${name} names no function of FC 2.0`, {
        hint: 'Write service$function, or set DROPTUNE_FC_API=fc3.',
      });
    const at = `/services/${service}/functions/${own}`;
    const task = (id: string) => `${at}/stateful-async-invocations/${id}`;
    const taskHeader = 'x-fc-stateful-async-invocation-id';
    return { version: '2016-08-15', function: at, taskHeader, task, stop: task };
  },
};

const TIMEOUT_MS = 20_000;

/** The SDK puts the status into the words of its error, and there alone. */
const failureOf = (error: unknown): FcFailure => {
  const { message, code, name } = error as Error & { code?: string };
  const answered = /failed with (\d{3})\. requestid: (.*?), message: ([^]*)\.$/.exec(message);
  if (!answered) return { status: null, code: code ?? name, message };
  const [, status, request, said] = answered;
  const words = said === 'undefined' ? 'no reason given' : said!;
  return { status: Number(status), code: code ?? `HTTP ${status}`, message: `${words} (request ${request})` };
};

export const openFc = ({ api, account, region, endpoint, credentials, function: name }: FcOptions): FcApi => {
  const paths = PATHS[api](name);

  const client = async () => {
    const { default: FC } = await import('@alicloud/fc2');
    const { id, secret, token } = credentials();
    const key = { accessKeyID: id, accessKeySecret: secret, securityToken: token };
    const made = new FC(account, { ...key, region, endpoint, secure: true, timeout: TIMEOUT_MS });
    made.securityToken = token;
    made.version = paths.version;
    return made;
  };
  const answer = async (
    call: (fc: Awaited<ReturnType<typeof client>>) => Promise<{ data: unknown }>,
  ): Promise<FcAnswer> => {
    const fc = await client();
    try {
      return { ok: true, data: (await call(fc)).data };
    } catch (error) {
      return { ok: false, failure: failureOf(error) };
    }
  };

  return {
    invoke: (task, event) =>
      answer((fc) =>
        fc.post(`${paths.function}/invocations`, event, {
          'x-fc-invocation-type': 'Async',
          [paths.taskHeader]: task,
        }),
      ),
    task: (task) => answer((fc) => fc.get(paths.task(task))),
    stop: (task) => answer((fc) => fc.put(paths.stop(task))),
    settings: () => answer((fc) => fc.get(paths.function)),
    asyncConfig: () => answer((fc) => fc.get(`${paths.function}/async-invoke-config`)),
  };
};
