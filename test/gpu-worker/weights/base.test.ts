import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openBase } from '../../../gpu-worker/weights/base.ts';
import { writeSafetensors } from '../../../gpu-worker/weights/safetensors.ts';

const root = mkdtempSync(join(tmpdir(), 'base-'));
afterAll(() => rmSync(root, { recursive: true }));

const folderOf = (files: Record<string, unknown>): string => {
  const dir = mkdtempSync(join(root, 'm-'));
  mkdirSync(dir, { recursive: true });
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  return dir;
};
const weights = (dir: string, file: string, name: string, values: number[]): void =>
  writeSafetensors(join(dir, file), {
    [name]: { dtype: 'F32', shape: [1, values.length], data: Float32Array.from(values) },
  });

test('a folder with one file of weights', async () => {
  const dir = folderOf({ 'config.json': { model_type: 'llama' } });
  weights(dir, 'model.safetensors', 'lm_head.weight', [1, 2]);
  const base = await openBase(dir);
  expect(base.config).toEqual({ model_type: 'llama' });
  expect(base.tokenizer).toBeNull();
  expect(base.names()).toEqual(['lm_head.weight']);
  expect([base.has('lm_head.weight'), base.has('x')]).toEqual([true, false]);
  expect(base.shape('lm_head.weight')).toEqual([1, 2]);
  expect(base.read('lm_head.weight')).toEqual(Float32Array.of(1, 2));
  expect(() => base.read('x')).toThrow(/no tensor x/);
  base.close();
});

test('a folder whose weights are in several files', async () => {
  const weight_map = { a: 'model-1.safetensors', b: 'model-2.safetensors' };
  const dir = folderOf({ 'config.json': {}, 'model.safetensors.index.json': { weight_map } });
  weights(dir, 'model-1.safetensors', 'a', [1]);
  await expect(openBase(dir)).rejects.toThrow(/model-2\.safetensors/);
  weights(dir, 'model-2.safetensors', 'b', [2, 3]);
  const base = await openBase(dir);
  expect(base.names()).toEqual(['a', 'b']);
  expect([...base.read('a'), ...base.read('b')]).toEqual([1, 2, 3]);
  base.close();
});

test('an index cannot reach outside its folder', async () => {
  const outside = folderOf({});
  weights(outside, 'secret.safetensors', 'a', [1]);
  const weight_map = { a: `../${outside.split('/').at(-1)}/secret.safetensors` };
  const dir = folderOf({ 'config.json': {}, 'model.safetensors.index.json': { weight_map } });
  await expect(openBase(dir)).rejects.toThrow(/secret/);
});

test('the chat template is found in its own file or in the tokenizer’s configuration', async () => {
  const files = {
    'config.json': {},
    'tokenizer.json': { model: {} },
    'tokenizer_config.json': { chat_template: 'in config' },
  };
  const inConfig = folderOf(files);
  weights(inConfig, 'model.safetensors', 'a', [1]);
  expect((await openBase(inConfig)).tokenizer).toEqual({
    tokenizer: { model: {} },
    config: { chat_template: 'in config' },
    generation: null,
  });
  const inFile = folderOf({
    ...files,
    'chat_template.jinja': 'in file',
    'generation_config.json': { eos_token_id: 2 },
  });
  weights(inFile, 'model.safetensors', 'a', [1]);
  expect((await openBase(inFile)).tokenizer).toMatchObject({
    config: { chat_template: 'in file' },
    generation: { eos_token_id: 2 },
  });
});

test.each<[string, () => string, RegExp]>([
  ['nothing there', () => join(root, 'none'), /none/],
  ['no config.json', () => folderOf({}), /config\.json/],
  ['a broken config.json', () => folderOf({ 'config.json': '{' }), /config\.json/],
  [
    'only pickled weights',
    () => folderOf({ 'config.json': {}, 'pytorch_model.bin': '' }),
    /convert the model to safetensors/,
  ],
  ['another kind of file', () => join(folderOf({ 'model.onnx': '' }), 'model.onnx'), /neither/],
])('%s is said clearly', async (_, make, message) => {
  await expect(openBase(make())).rejects.toThrow(message);
});
