/** A running service over HTTP. What it answers is parsed: it may be older or newer than this CLI. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { ApiError, ApiEvent, ApiInboxObject, ApiJob } from '../../../shared/contracts/api.ts';
import { DatasetReport } from '../../../shared/contracts/dataset.ts';
import type { Env } from '../../../shared/contracts/env.ts';
import { RunReport } from '../../../shared/contracts/report.ts';
import { AppError, ERRORS, type ErrorCode } from '../../../shared/errors.ts';
import { isLoopback } from '../service/loopback.ts';

const listOf = <T extends z.ZodType>(item: T) =>
  z.looseObject({ data: z.array(item), has_more: z.boolean() });

const WithId = z.looseObject({ id: z.string() });
const Deleted = z.looseObject({ deleted: z.literal(true) });

type Ask = {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: ReadableStream | string;
  readonly json?: unknown;
};

export type Client = {
  readonly url: string;
  drop(project: string, path: string, body: ReadableStream | string, again: boolean): Promise<ApiInboxObject>;
  /** removes a folder of the inbox with all that is in it */
  clear(project: string, folder: string): Promise<void>;
  job(id: string): Promise<ApiJob>;
  jobs(page: { limit: number; after?: string | undefined }): Promise<{ data: ApiJob[]; has_more: boolean }>;
  /** newest first */
  events(
    id: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ data: ApiEvent[]; has_more: boolean }>;
  cancel(id: string): Promise<ApiJob>;
  /** null as long as there is none */
  report(id: string): Promise<RunReport | null>;
  /** id of the endpoint, which hears of every job */
  addWebhook(url: string, secret: string): Promise<string>;
  /** ids of the endpoints that hear of every job */
  webhooks(): Promise<readonly string[]>;
  removeWebhook(id: string): Promise<void>;
  /** what became of the rows; null as long as they are not checked */
  dataset(id: string): Promise<DatasetReport | null>;
};

const isCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERRORS, code);

const refusal = async (response: Response): Promise<AppError> => {
  const body = ApiError.safeParse(await response.json().catch(() => null));
  const { message, code } = body.data?.error ?? { message: `HTTP status ${response.status}`, code: null };
  return new AppError(isCode(code) ? code : 'internal', `The service says: ${message}`, {
    status: response.status,
    request: response.headers.get('x-request-id'),
  });
};

const asker =
  (base: string, key: string) =>
  async <T extends z.ZodType>(path: string, contract: T, ask: Ask = {}): Promise<z.output<T>> => {
    const { method = 'GET', body, json } = ask;
    const init = {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined
        ? body === undefined
          ? {}
          : { body, duplex: 'half' as const }
        : { body: JSON.stringify(json) }),
    };
    const response = await fetch(base + path, init as RequestInit).catch((cause: unknown) => {
      throw new AppError('not_found', `No service answers at ${base}`, {
        cause,
        hint: 'Start one with `droptune serve`, or set DROPTUNE_URL (and DROPTUNE_API_KEY) to where it runs.',
        unreachable: true,
      });
    });
    if (!response.ok) throw await refusal(response);
    return contract.parse(await response.json());
  };

const orNull = async <T>(found: Promise<T>): Promise<T | null> => {
  try {
    return await found;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found' && !error.details['unreachable']) return null;
    throw error;
  }
};

const query = (pairs: Readonly<Record<string, string | number | undefined>>): string => {
  const given = Object.entries(pairs).flatMap(([k, v]) =>
    v === undefined ? [] : [[k, String(v)] as [string, string]],
  );
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
};

const jobPath = (id: string, rest = ''): string => `/v1/fine_tuning/jobs/${encodeURIComponent(id)}${rest}`;
const ourPath = (id: string, rest: string): string => `/v1/x/jobs/${encodeURIComponent(id)}/${rest}`;

export const openClient = (service: string, key: string): Client => {
  const base = service.replace(/\/+$/, '').replace(/\/v1$/, '');
  const ask = asker(base, key);
  return {
    url: base,
    drop: (project, path, body, again) => {
      const place = [project, ...path.split('/')].map(encodeURIComponent).join('/');
      return ask(`/v1/x/inbox/${place}${again ? '?again=1' : ''}`, ApiInboxObject, { method: 'POST', body });
    },
    clear: async (project, folder) => {
      const place = [project, folder].map(encodeURIComponent).join('/');
      await ask(`/v1/x/inbox/${place}/`, Deleted, { method: 'DELETE' });
    },
    job: (id) => ask(jobPath(id), ApiJob),
    jobs: (page) => ask(`/v1/fine_tuning/jobs${query(page)}`, listOf(ApiJob)),
    events: (id, page) => ask(jobPath(id, `/events${query(page)}`), listOf(ApiEvent)),
    cancel: (id) => ask(jobPath(id, '/cancel'), ApiJob, { method: 'POST' }),
    report: (id) => orNull(ask(ourPath(id, 'report'), RunReport)),
    async addWebhook(url, secret) {
      return (await ask('/v1/x/webhooks', WithId, { method: 'POST', json: { url, secret } })).id;
    },
    webhooks: async () => (await ask('/v1/x/webhooks', listOf(WithId))).data.map(({ id }) => id),
    removeWebhook: async (id) => {
      await ask(`/v1/x/webhooks/${encodeURIComponent(id)}`, Deleted, { method: 'DELETE' });
    },
    dataset: (id) => orNull(ask(ourPath(id, 'dataset'), DatasetReport)),
  };
};

const keyOf = async (env: Env): Promise<string> => {
  const given = env.DROPTUNE_API_KEY ?? env.DROPTUNE_ADMIN_KEY;
  if (given) return given;
  const path = join(env.DROPTUNE_HOME, 'admin.key');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new AppError(
      'invalid_api_key',
      `No key for the service: neither DROPTUNE_API_KEY nor ${path} is there`,
      {
        cause,
        hint: '`droptune serve` writes that file at its first start; DROPTUNE_HOME says where.',
      },
    );
  }
};

/** The service that `DROPTUNE_URL` names, otherwise the one on this machine. */
export const findService = async (env: Env): Promise<Client> => {
  const url = env.DROPTUNE_URL ?? `http://127.0.0.1:${env.PORT}`;
  if (!URL.canParse(url)) throw new AppError('invalid_request', `DROPTUNE_URL is not a URL: ${url}`);
  if (!env.DROPTUNE_API_KEY && !isLoopback(new URL(url).hostname))
    // this machine's own key is nobody else's business
    throw new AppError('invalid_api_key', `No key for ${url}: set DROPTUNE_API_KEY`);
  return openClient(url, await keyOf(env));
};
