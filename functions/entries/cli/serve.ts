import { once } from 'node:events';
import { openLog } from '../../../shared/log.ts';
import { readEnv } from '../env.ts';
import { startService } from '../node.ts';
import type { Command } from './command.ts';

const stopSignal = (): Promise<unknown> =>
  Promise.race((['SIGTERM', 'SIGINT'] as const).map((signal) => once(process, signal)));

export const serve: Command = {
  usage: 'serve [--port N]',
  summary: 'Run the service: API, inbox and local workers in one process, until SIGTERM or SIGINT.',
  arguments: { min: 0, max: 0 },
  options: { port: { type: 'string', value: 'N', help: 'port of the API; without it PORT, or 8787' } },
  async run(args, { terminal, env, json }) {
    const port = args.text('port');
    const stopped = stopSignal();
    const service = await startService(readEnv({ ...env, ...(port === undefined ? {} : { PORT: port }) }), {
      env,
      log: openLog(terminal.err, { json: json || !terminal.live }),
    });
    const { url, storage, key, keyMadeAt } = service;
    if (json) terminal.out(`${JSON.stringify({ type: 'listening', url, storage, key: keyMadeAt && key })}\n`);
    else {
      terminal.out(`Droptune listens on ${url}\nbucket: ${storage}: put files into inbox/PROJECT/\n`);
      if (keyMadeAt) terminal.out(`API key, shown this once and kept in ${keyMadeAt}: ${key}\n`);
    }
    await stopped;
    await service.close();
    return 0;
  },
};
