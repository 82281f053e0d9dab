import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeNano, SHIPPED } from '../../../../gpu-worker/nano/make/command.ts';
import { openBase } from '../../../../gpu-worker/weights/base.ts';

const root = mkdtempSync(join(tmpdir(), 'make-nano-'));
afterAll(() => rmSync(root, { recursive: true }));

const SMALL = {
  ...SHIPPED,
  rows: 48,
  vocab_size: 320,
  hidden_size: 64,
  num_hidden_layers: 2,
  rows_per_step: 12,
};

const make = async (name: string, making: Partial<typeof SMALL> = {}) => {
  const losses: number[] = [];
  const hear = (line: object): void => {
    if ('line' in line) losses.push((line.line as { loss: number }).loss);
  };
  await makeNano(join(root, name), { ...SMALL, ...making }, hear);
  return losses;
};
const files = (name: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(root, name))
      .toSorted()
      .map((file) => [file, readFileSync(join(root, name, file), 'base64')]),
  );

describe('making nano', () => {
  test('gives the same bytes for one seed, and others for another', async () => {
    const losses = await make('one');
    expect(losses).toHaveLength(4);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    await make('again');
    await make('other', { seed: 2 });
    expect(files('again')).toEqual(files('one'));
    expect(files('other')['model.safetensors']).not.toBe(files('one')['model.safetensors']);
  });

  test('writes a folder in Hugging Face layout, two bytes a weight', async () => {
    await make('layout');
    expect(Object.keys(files('layout'))).toEqual([
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const base = await openBase(join(root, 'layout'));
    const values = base.names().reduce((n, name) => n + base.read(name).length, 0);
    base.close();
    expect(base.config).toMatchObject({ model_type: 'llama', vocab_size: 320, dtype: 'float16' });
    const bytes = Buffer.from(files('layout')['model.safetensors']!, 'base64').length;
    expect(Math.floor((bytes - 2 * values) / 4000)).toBe(0); // what is left is the header
  });
});
