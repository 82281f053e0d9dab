import { runWorkerProgram } from './child.ts';
import type { Command } from './command.ts';
import { relay } from './relay.ts';

export const worker: Command = {
  usage: 'worker SPEC_URI',
  summary:
    'Run one attempt of a job, as a machine in the cloud does. Exit codes: 3 claimed elsewhere, 75 resumable.',
  arguments: { min: 1, max: 1 },
  options: {},
  async run({ positionals: [spec = ''] }, cli) {
    const { line, text, close } = relay(cli);
    const code = await runWorkerProgram({ args: ['worker', spec], env: cli.env, line, text });
    close();
    return code;
  },
};
