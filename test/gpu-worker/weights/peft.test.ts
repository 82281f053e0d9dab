import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readAdapter, writeAdapter } from '../../../gpu-worker/weights/peft.ts';
import { writeSafetensors } from '../../../gpu-worker/weights/safetensors.ts';
import { methodOf } from '../../helpers/method.ts';

const root = mkdtempSync(join(tmpdir(), 'peft-'));
afterAll(() => rmSync(root, { recursive: true }));

const A = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';
const B = 'base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight';
const method = methodOf({ type: 'lora', r: 2, lora_alpha: 4 });
const tensors = new Map([
  [A, { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  [B, { shape: [3, 2], data: new Float32Array(6) }],
]);

test('an adapter comes back as it was written', () => {
  const dir = join(root, 'a/b');
  writeAdapter(dir, { method, baseId: 'acme/tiny', tensors, targetModules: ['q_proj'] });
  const back = readAdapter(dir);
  expect(back.tensors).toEqual(tensors);
  expect(back.config).toMatchObject({
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: 'acme/tiny',
    r: 2,
    lora_alpha: 4,
    target_modules: ['q_proj'],
  });
});

/** A folder with the given configuration, and weights in sixteen bits unless told otherwise. */
const adapter = (name: string, config: object, weights = true): string => {
  const dir = join(mkdtempSync(join(root, 'x-')), name);
  writeAdapter(dir, { method, baseId: 'x', tensors, targetModules: ['q_proj'] });
  writeFileSync(join(dir, 'adapter_config.json'), JSON.stringify(config));
  const path = join(dir, 'adapter_model.safetensors');
  if (weights)
    writeSafetensors(path, { [A]: { dtype: 'BF16', shape: [1, 2], data: Uint16Array.of(0x3f80, 0xc000) } });
  else rmSync(path);
  return dir;
};

test('fields that an older PEFT does not write have their old values, unknown ones stay', () => {
  const dir = adapter('old', {
    peft_type: 'LORA',
    r: 8,
    lora_alpha: 16,
    target_modules: ['q_proj'],
    enable_lora: null,
  });
  const { config, tensors: read } = readAdapter(dir);
  expect(config).toMatchObject({
    bias: 'none',
    use_rslora: false,
    use_dora: false,
    rank_pattern: {},
    fan_in_fan_out: false,
    modules_to_save: null,
    enable_lora: null,
  });
  expect(read.get(A)).toEqual({ shape: [1, 2], data: Float32Array.of(1, -2) });
});

test('a method that is not known, a broken configuration and pickled weights are refused by name', () => {
  expect(() => readAdapter(adapter('m', { peft_type: 'POLY' }))).toThrow(/"POLY".*LORA/);
  expect(() => readAdapter(adapter('m', { r: 8 }))).toThrow(
    expect.objectContaining({ code: 'unsupported_model' }),
  );
  expect(() => readAdapter(adapter('m', { peft_type: 'LORA', r: 'eight' }))).toThrow(/adapter_config\.json/);
  expect(() => readAdapter(join(root, 'nowhere'))).toThrow(/nowhere/);
  const pickled = adapter('pickled', { peft_type: 'LORA', r: 8, lora_alpha: 16 }, false);
  writeFileSync(join(pickled, 'adapter_model.bin'), '');
  expect(() => readAdapter(pickled)).toThrow(/pickled/);
});

test('keys must be those of PEFT', () => {
  const stray = new Map([['layers.0.lora_A.weight', { shape: [1], data: new Float32Array(1) }]]);
  expect(() => writeAdapter(root, { method, baseId: 'x', tensors: stray, targetModules: [] })).toThrow(
    TypeError,
  );
});

const reference = new URL('../../../../shared/data/arch/llama-tied/adapter/', import.meta.url).pathname;
test.skipIf(!existsSync(reference))('the configuration has the fields of PEFT 0.21 (../shared/data)', () => {
  const theirs = JSON.parse(readFileSync(join(reference, 'adapter_config.json'), 'utf8')) as object;
  const { config, tensors: read } = readAdapter(reference);
  expect(config).toMatchObject(theirs);
  const dir = join(root, 'again');
  writeAdapter(dir, {
    method: methodOf({ type: 'lora', r: 4, lora_alpha: 8 }),
    baseId: '.',
    tensors: read,
    targetModules: config.target_modules as string[],
  });
  expect(JSON.parse(readFileSync(join(dir, 'adapter_config.json'), 'utf8'))).toEqual(theirs);
  expect(readAdapter(dir).tensors).toEqual(read);
});
