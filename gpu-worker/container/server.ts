/** The worker as a container that waits for work, in Function Compute's protocol: `/invoke` is answered when the run is
 *  over, since the machine is frozen once it is.
 *  https://www.alibabacloud.com/help/en/fc/user-guide/event-handlers-1
 *  https://alibabacloud.com/help/en/fc/lifecycle-hooks-for-function-instances-7 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { hintOf, toWire } from '../../shared/errors.ts';
import { requestId } from './request.ts';
import { openSlot, type Setting, type Slot } from './slot.ts';
import type { Answer } from './work.ts';

export type Container = {
  readonly server: Server;
  /** Takes no more work, asks the run for a checkpoint, and resolves when it has ended and was answered. */
  stop(): Promise<void>;
};

/** An idle connection must live as long as Function Compute keeps one, and a run may take a day; by itself Node would end
 *  them after 5 and 300 seconds. */
const LIMITS = { keepAliveTimeout: 16 * 60_000, requestTimeout: 0 } as const;

/** `log`: what its lines are called. By them the platform's log store finds what belongs to one request. */
type Route = {
  readonly log?: string;
  run(slot: Slot, request: IncomingMessage, response: ServerResponse): Promise<Answer>;
};
const state: Route['run'] = async (slot) => slot.state();
const ROUTES: Readonly<Record<string, Route>> = {
  'POST /invoke': { log: 'Invoke', run: (slot, request, response) => slot.run(request, response) },
  'POST /initialize': { log: 'Initialize', run: state },
  'GET /pre-stop': { log: 'PreStop', run: (slot) => slot.stop().then(() => slot.state()) },
  'GET /healthz': { run: state },
};

const answer = (response: ServerResponse, ok: boolean, body: unknown): void => {
  const status = ok ? 200 : 404; // the two that the protocol knows
  const text = Buffer.from(`${JSON.stringify(body)}\n`);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': text.length,
    'x-fc-status': String(status),
  });
  response.end(text);
};

export const createContainer = (setting: Setting): Container => {
  const { say } = setting;
  const slot = openSlot(setting);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = '/'] = (request.url ?? '/').split('?');
    const route = ROUTES[`${request.method} ${path}`];
    if (!route)
      return answer(response, false, {
        error: { code: 'not_found', message: `No ${path} here`, hint: null },
      });
    const line = (at: string) => route.log && say(`FC ${route.log} ${at} RequestId: ${requestId(request)}`);
    line('Start');
    try {
      const { ok, message } = await route.run(slot, request, response);
      answer(response, ok, { message });
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
      answer(response, false, { error: { ...toWire(error), hint: hintOf(error) } });
    } finally {
      line('End');
    }
  };

  const server = createServer(LIMITS, (request, response) => void handle(request, response));
  return {
    server,
    async stop() {
      await slot.stop();
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeIdleConnections();
      });
    },
  };
};
