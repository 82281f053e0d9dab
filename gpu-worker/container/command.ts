/** `worker --serve`: waits on a port for the run that a platform hands over. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { AppError } from '../../shared/errors.ts';
import { parseInvocation } from './request.ts';
import { createContainer } from './server.ts';
import { answerTo, type Environment, startWork } from './work.ts';

type Input = {
  readonly env: Environment;
  /** the worker's program */
  readonly main: string;
  readonly say: (line: string) => void;
};

const PORT = 9000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const stopSignal = (): Promise<unknown> => Promise.race(SIGNALS.map((signal) => once(process, signal)));

const portOf = (argv: readonly string[], env: Environment): number => {
  const { port } = parseArgs({
    args: [...argv],
    options: { serve: { type: 'boolean' }, port: { type: 'string' } },
  }).values;
  const given = port ?? env['FC_SERVER_PORT'] ?? env['FC_CUSTOM_LISTEN_PORT'];
  const number = given === undefined ? PORT : Number(given);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new AppError('invalid_request', `${given} is no port: give --port N, or set FC_SERVER_PORT`);
};

/** Function Compute 2 starts a container that is no web server once for each event, which is in its environment.
 *  https://www.alibabacloud.com/help/doc-detail/179369.htm */
const runOnce = async (event: string, { env, main, say }: Input): Promise<number> => {
  const work = startWork(main, parseInvocation(event), env);
  for (const signal of SIGNALS) process.on(signal, work.stop);
  const { ok, message } = answerTo(await work.ended);
  say(message);
  return ok ? 0 : 1;
};

/** Resolves with the exit code once it was told to stop and the run has left its checkpoint. */
export const containerCommand = async (argv: readonly string[], input: Input): Promise<number> => {
  const event = input.env['FC_CUSTOM_CONTAINER_EVENT'];
  if (event) return runOnce(event, input);
  const stopped = stopSignal();
  const { server, stop } = createContainer(input);
  server.listen(portOf(argv, input.env), '0.0.0.0');
  await once(server, 'listening').catch((cause: unknown) => {
    throw new AppError('invalid_request', `Cannot wait for work: ${(cause as Error).message}`, { cause });
  });
  input.say(`Waiting for work on port ${(server.address() as AddressInfo).port}`);
  await stopped;
  await stop();
  return 0;
};
