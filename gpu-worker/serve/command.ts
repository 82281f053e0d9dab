/** `generate --base ID [--adapter DIR] --prompt TEXT`: one JSON line a piece of text as it comes, then one that ends it. */
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { deviceFrom } from '../../shared/device.ts';
import { AppError } from '../../shared/errors.ts';
import { renderPrompt } from '../../shared/text/template.ts';
import { loadAdapter, NO_ADAPTER } from '../runtime/read-tuned.ts';
import { openModel } from '../runtime/open.ts';
import { layOut } from '../runtime/parameters.ts';
import { take } from '../runtime/tensors.ts';
import { threadsHere } from '../runtime/machine.ts';
import { resolveBase } from '../weights/resolve.ts';
import { openGenerator } from './generator.ts';
import { sampler } from './sampler.ts';

type Environment = Readonly<Record<string, string | undefined>>;
const print = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);

const number = (name: string, text: string, least: number): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < least)
    throw new AppError('invalid_request', `--${name} ${text}: give a number of at least ${least}`);
  return value;
};

const OPTIONS = {
  base: { type: 'string' },
  adapter: { type: 'string' },
  prompt: { type: 'string' },
  system: { type: 'string' },
  'max-new-tokens': { type: 'string', default: '256' },
  temperature: { type: 'string', default: '0' },
  seed: { type: 'string', default: '0' },
} as const;

export const generateCommand = async (argv: readonly string[], env: Environment): Promise<number> => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const { base, prompt, adapter, system } = values;
  if (!base || prompt === undefined)
    throw new AppError('invalid_request', 'generate wants --base ID and --prompt TEXT');
  const pick = sampler(number('temperature', values.temperature, 0), number('seed', values.seed, 0));
  const max_new_tokens = number('max-new-tokens', values['max-new-tokens'], 1);
  const home = resolve(env['DROPTUNE_HOME'] ?? '.droptune');
  const found = await resolveBase(base, { home, env, note: (message) => print({ type: 'note', message }) });
  const open = await openModel(found.path, threadsHere(), deviceFrom(env));
  try {
    const { seams, tensors } = adapter ? loadAdapter(adapter, open.model) : NO_ADAPTER;
    const parameters = layOut(open.model, seams);
    take(parameters, tensors);
    const messages = [{ role: 'user' as const, content: prompt }];
    const { promptIds } = renderPrompt(open.tokenizer, { kind: 'chat', messages }, { system });
    const generator = openGenerator({ ...open, seams, parameters });
    const ids: number[] = [];
    let shown = '';
    const onToken = (_: number, id: number) => {
      ids.push(id);
      const text = open.tokenizer.decode(ids, { skipSpecial: true });
      if (text.endsWith('\uFFFD')) return; // a character whose bytes are not all there yet
      print({ type: 'token', text: text.slice(shown.length) });
      shown = text;
    };
    const [answer] = await generator.generate([promptIds], {
      max_new_tokens,
      stop: open.tokenizer.eosIds,
      pick,
      onToken,
    });
    const text = open.tokenizer.decode(ids, { skipSpecial: true });
    print({ type: 'done', text, tokens: ids, prompt_tokens: [...promptIds], stopped: answer!.stopped });
    return 0;
  } finally {
    await open.close();
  }
};
