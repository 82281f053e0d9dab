import { paint } from './terminal.ts';
import { runWorkerProgram } from './child.ts';
import { type Command, need } from './command.ts';
import { relay } from './relay.ts';

export const generate: Command = {
  usage: 'generate --base ID [--adapter DIR] --prompt TEXT [options]',
  summary: 'Text from a base model or a tuned one, as it comes. Greedy without --temperature.',
  arguments: { min: 0, max: 0 },
  options: {
    base: { type: 'string', value: 'ID', help: 'name in the catalog, a folder, or a .gguf file' },
    adapter: { type: 'string', value: 'DIR', help: 'folder of an adapter' },
    prompt: { type: 'string', value: 'TEXT', help: 'what a user would say' },
    'max-new-tokens': { type: 'string', value: 'N', help: 'at most so many tokens (256)' },
    temperature: { type: 'string', value: 'T', help: 'above 0: sampled' },
    seed: { type: 'string', value: 'S', help: 'of the sampling' },
  },
  async run(args, cli) {
    const { terminal, env, json } = cli;
    const optional = ['adapter', 'temperature', 'seed'].flatMap((name) => {
      const value = args.text(name);
      return value === undefined ? [] : [`--${name}`, value];
    });
    const wanted = ['--base', need(args, 'base'), '--prompt', need(args, 'prompt')];
    const most = ['--max-new-tokens', args.text('max-new-tokens') ?? '256'];
    const view = relay(cli);
    const code = await runWorkerProgram({
      args: ['generate', ...wanted, ...most, ...optional],
      env,
      line(value) {
        view.line(value);
        if (!json && value['type'] === 'token') terminal.out(String(value['text'] ?? ''));
      },
      text: view.text,
    });
    view.close();
    if (!json && view.last('token')) terminal.out('\n');
    const failed = view.last('failed');
    if (failed && !json)
      terminal.err(`${paint(terminal.color)('red', 'error')} ${String(failed['message'])}\n`);
    return code;
  },
};
