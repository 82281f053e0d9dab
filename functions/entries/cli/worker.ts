import { AppError } from '../../../shared/errors.ts';
import { runWorkerProgram } from './child.ts';
import type { Command } from './command.ts';
import { relay } from './relay.ts';

export const worker: Command = {
  usage: 'worker (SPEC_URI | --serve [--port N])',
  summary:
    'Run one attempt of a job, as a machine in the cloud does (exit codes: 3 claimed elsewhere, 75 resumable), or wait for one as a container.',
  arguments: { min: 0, max: 1 },
  options: {
    serve: { type: 'boolean', help: 'wait for an invocation in the protocol of Function Compute' },
    port: { type: 'string', value: 'N', help: 'port to wait on; without it FC_SERVER_PORT, or 9000' },
  },
  async run({ positionals, on, text: given }, cli) {
    const port = given('port');
    if (on('serve') === positionals.length > 0)
      throw new AppError('invalid_request', 'Give either a SPEC_URI or --serve');
    const args = on('serve') ? ['--serve', ...(port === undefined ? [] : ['--port', port])] : positionals;

    const { line, text, close } = relay(cli);
    const code = await runWorkerProgram({ args: ['worker', ...args], env: cli.env, line, text });
    close();
    return code;
  },
};
