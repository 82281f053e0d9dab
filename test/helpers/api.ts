/** The API on a bench: real database, real folder, paper workers. */
import type { Hono } from 'hono';
import { createApp } from '../../functions/api/app.ts';
import { bench, type Bench, faq, type Story } from './control-plane.ts';

export const KEY = 'dt-test-key';
export const EVENTS_TOKEN = 'ev-test-token';

export type ApiBench = Bench & {
  readonly app: Hono;
  /** with the key; `body` that is no string, form or bytes goes as JSON */
  ask(
    path: string,
    init?: { method?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
};
// oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted field by field
export type Answer = { status: number; headers: Headers; body: any };

type Raw = string | FormData;
const isRaw = (body: unknown): body is Raw => typeof body === 'string' || body instanceof FormData;

export const askOf =
  (app: Hono): ApiBench['ask'] =>
  async (path, { method = 'GET', body, headers = {} } = {}) => {
    const sent = body === undefined || isRaw(body) ? body : JSON.stringify(body);
    const type = sent === body ? {} : { 'content-type': 'application/json' };
    const all = { authorization: `Bearer ${KEY}`, ...type, ...headers };
    const response = await app.request(path, {
      method,
      headers: all,
      ...(sent === undefined ? {} : { body: sent }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };

export const apiBench = async (stories?: readonly (Story | Error)[]): Promise<ApiBench> => {
  const b = await bench(stories);
  const app = createApp({ ...b.deps, adminKey: KEY, eventsToken: EVENTS_TOKEN });
  return { ...b, app, ask: askOf(app) };
};

export const upload = async ({ ask }: ApiBench, text: string, purpose = 'fine-tune', name = 'faq.jsonl') => {
  const form = new FormData();
  form.set('purpose', purpose);
  form.set('file', new File([text], name, { type: 'application/octet-stream' }));
  return ask('/v1/files', { method: 'POST', body: form });
};

export const JOBS = '/v1/fine_tuning/jobs';
export const BASE = 'HuggingFaceTB/SmolLM2-135M-Instruct';

/** With a file of its own where none is named. */
export const createJob = async (
  b: ApiBench,
  more: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const training_file = more['training_file'] ?? (await upload(b, faq())).body.id;
  return b.ask(JOBS, { method: 'POST', body: { model: BASE, training_file, ...more }, headers });
};

export const idsOf = (page: Answer): string[] => page.body.data.map(({ id }: { id: string }) => id);
