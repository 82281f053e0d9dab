import { describe, expect, test } from 'vitest';
import { type Command, nearest, readArgs, usageOf } from '../../../functions/entries/cli/command.ts';
import { exitCodeOf } from '../../../functions/entries/cli/failure.ts';
import { recipeOf } from '../../../functions/entries/cli/recipe-arguments.ts';
import { readEnv } from '../../../functions/entries/env.ts';
import { Env, SECRETS } from '../../../shared/contracts/env.ts';

const command: Command = {
  usage: 'try FILE [--base ID] [--set key=value]…',
  summary: 'Tries.',
  arguments: { min: 1, max: 1 },
  options: {
    base: { type: 'string', value: 'ID', help: 'a base' },
    set: { type: 'string', multiple: true, help: 'a key' },
    wait: { type: 'boolean', help: 'wait' },
  },
  run: async () => 0,
};
const read = (...argv: string[]) => readArgs(command, argv);

describe('arguments', () => {
  test('are read in any order', () => {
    const args = read('--set', 'a=1', 'file', '--wait', '--set', 'b=2', '--base', 'x');
    expect([args.positionals, args.list('set'), args.on('wait'), args.text('base'), args.on('json')]).toEqual(
      [['file'], ['a=1', 'b=2'], true, 'x', false],
    );
  });

  test.each([
    [['f', '--bsae', 'x'], "Unknown option '--bsae'", 'Did you mean --base?'],
    [['f', '--zzzzzzz'], "Unknown option '--zzzzzzz'", 'Usage: droptune try'],
    [['f', '--base'], "Option '--base <value>' argument missing", 'Usage: droptune try'],
    [[], 'An argument is missing', 'Usage: droptune try'],
    [['f', 'g', 'h'], 'Too many arguments: g h', 'Usage: droptune try'],
  ])('%j are refused with a hint', (argv, message, hint) => {
    expect(() => read(...argv)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        message: expect.stringContaining(message),
        details: { hint: expect.stringContaining(hint) },
      }),
    );
  });

  test('--help asks for nothing else, and names every option', () => {
    expect(read('--help').help).toBe(true);
    const text = usageOf(command);
    for (const name of ['--base ID', '--set', '--wait', '--json', '--help']) expect(text).toContain(name);
  });

  test('only near names are suggested', () => {
    expect(nearest('drp', ['drop', 'check'])).toBe('drop');
    expect(nearest('elephant', ['drop', 'check'])).toBeNull();
  });
});

describe('exit codes', () => {
  test('2 is what the caller can mend, 1 is what failed', () => {
    expect(
      (['invalid_request', 'invalid_recipe', 'not_found', 'invalid_training_file'] as const).map(exitCodeOf),
    ).toEqual([2, 2, 2, 2]);
    expect(
      (['engine_failed', 'internal', 'storage_failed', 'store_locked'] as const).map(exitCodeOf),
    ).toEqual([1, 1, 1, 1]);
  });
});

const method = async (name: string) =>
  (await recipeOf({ ...read('f'), text: (option) => (option === 'method' ? name : undefined) })).method;
const withSet = (...pairs: string[]) => recipeOf(read('f', ...pairs.flatMap((pair) => ['--set', pair])));

describe('a recipe from arguments', () => {
  test('takes numbers, booleans, lists and text', async () => {
    const recipe = await withSet(
      'training.n_epochs=2',
      'training.packing=false',
      'method.target_modules=[q_proj, v_proj]',
      'data.system=Be short.',
    );
    expect(recipe).toMatchObject({
      training: { n_epochs: 2, packing: false, batch_size: 'auto' },
      method: { type: 'lora', target_modules: ['q_proj', 'v_proj'] },
      data: { system: 'Be short.' },
    });
  });

  test('knows methods by the names that people call them', async () => {
    expect(await method('dora')).toMatchObject({ type: 'lora', use_dora: true, r: 'auto' });
    expect(await method('rslora')).toMatchObject({ type: 'lora', use_rslora: true });
    expect(await method('lora+')).toMatchObject({ type: 'lora', loraplus_lr_ratio: 16 });
    expect(await method('qlora')).toMatchObject({ type: 'lora', bits: 4 });
    expect(await method('full')).toEqual({ type: 'full' });
    await expect(method('doar')).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('lora, oft, ia3'),
      details: { hint: 'Did you mean dora?' },
    });
  });

  test('refuses a typo, naming its key', async () => {
    await expect(withSet('training.n_epoch=2')).rejects.toMatchObject({
      code: 'invalid_recipe',
      message: expect.stringContaining('n_epoch'),
    });
    await expect(withSet('training')).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('the environment', () => {
  test('needs nothing, and an empty variable is an absent one', () => {
    expect(readEnv({})).toMatchObject({
      DROPTUNE_HOME: '.droptune',
      PORT: 8787,
      HOST: '127.0.0.1',
      DROPTUNE_LAUNCHER: 'local',
    });
    expect(readEnv({ PORT: '', DROPTUNE_HOME: '' })).toEqual(readEnv({}));
  });

  test('names every variable that cannot be right', () => {
    expect(() => readEnv({ PORT: '99999', DROPTUNE_LAUNCHER: 'moon' })).toThrow(/DROPTUNE_LAUNCHER.*PORT/);
  });

  test('describes every variable, and knows which are secret', () => {
    for (const type of Object.values(Env.shape)) expect(type.description).toMatch(/.{10}/);
    for (const name of Object.keys(Env.shape))
      if (/KEY|SECRET|TOKEN/.test(name)) expect(SECRETS).toContain(name);
  });
});
