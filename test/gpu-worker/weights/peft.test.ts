import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isWhole, readAdapter, readTuned, writeAdapter } from '../../../gpu-worker/weights/peft.ts';
import { writeSafetensors } from '../../../gpu-worker/weights/safetensors.ts';
import { configOf } from '../../../gpu-worker/adapters/index.ts';
import { lora } from '../../../gpu-worker/adapters/lora.ts';
import { loadAdapter, readMethod } from '../../../gpu-worker/runtime/read-tuned.ts';
import { readLora } from '../../../gpu-worker/adapters/lora-config.ts';
import { modelFor } from '../../../gpu-worker/models/index.ts';
import { methodOf } from '../../helpers/method.ts';

const root = mkdtempSync(join(tmpdir(), 'peft-'));
afterAll(() => rmSync(root, { recursive: true }));

const A = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';
const B = 'base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight';
const REFERENCE = join(import.meta.dirname, '../../fixtures/reference');
const base = join(REFERENCE, 'arch/llama-tied');
const model = modelFor(
  JSON.parse(readFileSync(join(base, 'config.json'), 'utf8')) as Record<string, unknown>,
);
const method = methodOf({ type: 'lora', r: 2, lora_alpha: 4, target_modules: ['q_proj'] });
if (method.type !== 'lora') throw new TypeError();
const own = lora.config(method, model);
const tensors = new Map([
  [A, { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  [B, { shape: [3, 2], data: new Float32Array(6) }],
]);

test('an adapter comes back as it was written', () => {
  const dir = join(root, 'a/b');
  writeAdapter(dir, { config: own, baseId: 'acme/tiny', tensors });
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

test('what was trained is an adapter or a whole model, whichever stands in the folder', () => {
  const dir = join(root, 'tuned');
  writeAdapter(dir, { config: own, baseId: 'x', tensors });
  expect([isWhole(dir), readTuned(dir)]).toEqual([false, tensors]);

  const whole = readTuned(base);
  expect(isWhole(base)).toBe(true);
  expect(whole.get('model.norm.weight')).toMatchObject({ shape: [48], data: expect.any(Float32Array) });
  expect(loadAdapter(base, model).method).toEqual({ type: 'full' });
});

/** A folder with the given configuration, and weights in sixteen bits unless told otherwise. */
const adapter = (name: string, config: Record<string, unknown>, weights = true): string => {
  const dir = join(mkdtempSync(join(root, 'x-')), name);
  writeAdapter(dir, { config: own, baseId: 'x', tensors });
  writeFileSync(join(dir, 'adapter_config.json'), JSON.stringify(config));
  const path = join(dir, 'adapter_model.safetensors');
  if (weights)
    writeSafetensors(path, { [A]: { dtype: 'BF16', shape: [1, 2], data: Uint16Array.of(0x3f80, 0xc000) } });
  else rmSync(path);
  return dir;
};

test('fields that an older PEFT does not write have their old values', () => {
  const dir = adapter('old', {
    peft_type: 'LORA',
    r: 8,
    lora_alpha: 16,
    target_modules: ['q_proj'],
    enable_lora: null,
  });
  const file = readAdapter(dir);
  expect(readLora(file)).toMatchObject({
    r: 8,
    use_rslora: false,
    use_dora: false,
    rank_pattern: {},
    modules_to_save: [],
    target_modules: ['model.layers.0.self_attn.q_proj'],
  });
  expect(file.tensors.get(A)).toEqual({ shape: [1, 2], data: Float32Array.of(1, -2) });
});

test('a method that is not known, arithmetic that is not here, a broken configuration and pickled weights are refused by name', () => {
  const load = (given: Record<string, unknown>) => () => loadAdapter(adapter('m', given), model);
  expect(load({ peft_type: 'POLY' })).toThrow(/"POLY".*LORA/);
  expect(load({ r: 8 })).toThrow(expect.objectContaining({ code: 'unsupported_model' }));
  expect(load({ peft_type: 'LORA', r: 2, lora_alpha: 4, bias: 'all' })).toThrow(/bias: "all"/);
  expect(load({ peft_type: 'OFT', oft_block_size: 8, coft: true })).toThrow(/coft: true/);
  expect(load({ peft_type: 'LORA', r: 'eight' })).toThrow(/adapter_config\.json/);
  expect(() => readAdapter(join(root, 'nowhere'))).toThrow(/nowhere/);
  const pickled = adapter('pickled', { peft_type: 'LORA', r: 8, lora_alpha: 16 }, false);
  writeFileSync(join(pickled, 'adapter_model.bin'), '');
  expect(() => readAdapter(pickled)).toThrow(/pickled/);
});

test.each([
  { init_lora_weights: 'pissa' },
  { init_lora_weights: 'pissa_niter_4' },
  { init_lora_weights: 'olora' },
  { init_lora_weights: 'corda' },
  { init_lora_weights: 'loftq' },
  { alora_invocation_tokens: [5, 6] },
  { layer_replication: [[0, 1]] },
  { target_parameters: ['down_proj.weight'] },
  { kasa_config: { beta: 1 } },
  { modules_to_save: ['embed_tokens'], ensure_weight_tying: true },
])('a LoRA that PEFT 0.21 computes in another way, or on another base, is refused: %o', (field) => {
  const folder = adapter('other', { ...own, ...field });
  expect(() => loadAdapter(folder, model)).toThrow(new RegExp(Object.keys(field).at(-1)!));
});

test.each(['OFT', 'IA3', 'VERA', 'PREFIX_TUNING', 'PROMPT_TUNING'])(
  'modules_to_save beside %s is refused, and a list of none is none',
  (peft_type) => {
    const given = { peft_type, r: 0, oft_block_size: 8, num_virtual_tokens: 2 };
    const saving = adapter('saving', { ...given, modules_to_save: ['lm_head'] });
    expect(() => loadAdapter(saving, model)).toThrow(/modules_to_save: \["lm_head"\]/);
    const none = adapter('none', { ...given, r: peft_type === 'OFT' ? 0 : 2, modules_to_save: [] });
    expect(() => readMethod(readAdapter(none), model)).not.toThrow(/modules_to_save/);
  },
);

test.each([
  'lm_head.lora_A.weight',
  'model.embed_tokens.lora_embedding_A',
  'model.embed_tokens.base_layer.weight',
])('a file that adapts the head or the table is refused by the module: %s', (key) => {
  const dir = join(root, key);
  const more = new Map(tensors).set(`base_model.model.${key}`, { shape: [1], data: new Float32Array(1) });
  writeAdapter(dir, { config: own, baseId: 'x', tensors: more });
  expect(() => loadAdapter(dir, model)).toThrow(/(lm_head|model\.embed_tokens) is adapted/);
});

test.each(['gaussian', 'orthogonal', 'eva', 'lora_ga', true, false])(
  'how A and B began (%o) does not matter where the base is as it was',
  (init_lora_weights) => {
    const folder = adapter('begun', { ...own, init_lora_weights });
    expect(loadAdapter(folder, model).method).toMatchObject({ type: 'lora', r: 2 });
  },
);

test('keys must be those of PEFT', () => {
  const stray = new Map([['layers.0.lora_A.weight', { shape: [1], data: new Float32Array(1) }]]);
  expect(() => writeAdapter(root, { config: own, baseId: 'x', tensors: stray })).toThrow(TypeError);
});

/** Modules may be listed by their full path or by its end: the last name is enough here. */
const short = (config: Readonly<Record<string, unknown>>) => {
  const targets = config['target_modules'];
  const names = Array.isArray(targets) ? targets.map((t: string) => t.slice(t.lastIndexOf('.') + 1)) : null;
  return { ...config, target_modules: names && [...new Set(names)].toSorted() };
};

test.each([
  'dora-llama',
  'ia3-qwen3',
  'lora-bias-llama',
  'lora-llama',
  'lora-pattern-qwen3',
  'oft-llama',
  'prefix-qwen3',
  'prompt-llama',
  'rslora-llama',
  'vera-llama',
])('%s: what is read of PEFT 0.21 and written again has the same fields and values', (name) => {
  const folder = join(REFERENCE, 'methods', name, 'init');
  const theirs = readAdapter(folder);
  const built = modelFor(
    JSON.parse(
      readFileSync(
        join(folder, '..', String(theirs.config['base_model_name_or_path']), 'config.json'),
        'utf8',
      ),
    ) as Record<string, unknown>,
  );
  const loaded = loadAdapter(folder, built);
  const dir = join(root, 'again', name);
  writeAdapter(dir, {
    config: configOf(loaded.method!, built),
    baseId: String(theirs.config['base_model_name_or_path']),
    tensors: loaded.tensors,
  });
  const ours = readAdapter(dir);
  expect(short(ours.config)).toEqual(short(theirs.config));
  expect(ours.tensors).toEqual(theirs.tensors);
});
