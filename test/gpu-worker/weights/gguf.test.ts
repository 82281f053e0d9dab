import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openBase, writeHfFolder } from '../../../gpu-worker/weights/base.ts';
import { openGguf } from '../../../gpu-worker/weights/gguf.ts';

const tiny = new URL('../../fixtures/gguf/tiny.gguf', import.meta.url).pathname;
const expected = JSON.parse(readFileSync(tiny.replace('.gguf', '.json'), 'utf8')) as Record<
  string,
  { shape: number[]; values: string }
>;
const root = mkdtempSync(join(tmpdir(), 'gguf-'));
afterAll(() => rmSync(root, { recursive: true }));

/** The fixture with some of its bytes changed. */
let files = 0;
const changed = (change: (bytes: Buffer) => Buffer): string => {
  const path = join(root, `${files++}.gguf`);
  writeFileSync(path, change(readFileSync(tiny)));
  return path;
};
/** The same length of text elsewhere in the file. */
const respelt = (from: string, to: string): string =>
  changed((bytes) => {
    bytes.write(to.padEnd(from.length).slice(0, from.length), bytes.indexOf(from));
    return bytes;
  });

test('tensors have the names, shapes, row order and values of the Hugging Face checkpoint', async () => {
  const base = await openBase(tiny);
  expect(base.names()).toHaveLength(20);
  for (const [name, { shape, values }] of Object.entries(expected)) {
    expect(base.shape(name), name).toEqual(shape);
    const first = Buffer.from(values, 'base64');
    const read = base.read(name);
    expect(read.length, name).toBe(shape.reduce((a, b) => a * b, 1));
    expect(Buffer.from(read.buffer).subarray(0, first.length).equals(first), name).toBe(true);
  }
  base.close();
});

test('a given array is filled, one of another length refused', async () => {
  const base = await openBase(tiny);
  const into = new Float32Array(32);
  expect(base.read('model.norm.weight', into)).toBe(into);
  expect(into).toEqual(base.read('model.norm.weight'));
  expect(() => base.read('model.norm.weight', new Float32Array(31))).toThrow(TypeError);
  expect(() => base.read('lm_head.weight')).toThrow(/lm_head\.weight/);
});

test('the configuration comes from the metadata', async () => {
  const { config } = await openBase(tiny);
  expect(config).toMatchObject({
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    hidden_size: 32,
    head_dim: 8,
    intermediate_size: 64,
    max_position_embeddings: 64,
    num_attention_heads: 4,
    num_hidden_layers: 2,
    num_key_value_heads: 2,
    rms_norm_eps: Math.fround(1e-5),
    rope_parameters: { rope_theta: 5000, rope_type: 'default' },
    tie_word_embeddings: true,
    attention_bias: false,
    bos_token_id: 1,
    eos_token_id: 0,
  });
  expect(config['vocab_size']).toBe(270);
});

test('the tokenizer comes with template and ends of turn', async () => {
  const { tokenizer } = await openBase(tiny);
  expect(tokenizer).toMatchObject({
    tokenizer: {
      added_tokens: [
        { id: 0, content: '<|end|>', special: true },
        { id: 1, content: '<|user|>', special: true },
        { id: 2, content: '<|assistant|>', special: true },
        { id: 269, content: '[tool]', special: false },
      ],
    },
    config: { bos_token: '<|user|>', eos_token: '<|end|>' },
    generation: { eos_token_id: 0, bos_token_id: 1, pad_token_id: 0 },
  });
  expect(tokenizer!.config).toHaveProperty('chat_template', expect.stringContaining('add_generation_prompt'));
});

test('a folder written from it is the same base', async () => {
  const base = await openBase(tiny);
  const dir = join(root, 'folder');
  writeHfFolder(base, dir);
  const folder = await openBase(dir);
  expect(folder.config).toEqual(base.config);
  expect(folder.tokenizer).toEqual(base.tokenizer);
  expect(folder.names().toSorted()).toEqual(base.names().toSorted());
  for (const name of base.names()) expect(folder.read(name), name).toEqual(base.read(name));
});

const u32 = (x: number): Buffer => Buffer.from(Uint32Array.of(x).buffer);
const u64 = (x: number): Buffer => Buffer.from(BigUint64Array.of(BigInt(x)).buffer);
const text = (x: string): Buffer => Buffer.concat([u64(x.length), Buffer.from(x)]);

/** Further metadata at its beginning, filled up to whole blocks of 32 bytes so that the tensors stay aligned. */
const withMetadata = (values: Readonly<Record<string, string | number>>): string =>
  changed((bytes) => {
    const pairs = Object.entries(values).map(([key, value]) =>
      typeof value === 'string'
        ? Buffer.concat([text(key), u32(8), text(value)])
        : Buffer.concat([text(key), u32(6), Buffer.from(Float32Array.of(value).buffer)]),
    );
    const size = pairs.reduce((n, { length }) => n + length, 0);
    const filler = Buffer.concat([text('-'.repeat(32 - ((size + 13) % 32))), u32(7), Buffer.of(1)]);
    const count = u64(Number(bytes.readBigUInt64LE(16)) + pairs.length + 1);
    return Buffer.concat([bytes.subarray(0, 16), count, ...pairs, filler, bytes.subarray(24)]);
  });

test('linear scaling of the rotary embedding is kept, another kind and experts are refused', async () => {
  const path = withMetadata({ 'llama.rope.scaling.type': 'linear', 'llama.rope.scaling.factor': 4 });
  const [base, plain] = [await openBase(path), await openBase(tiny)];
  expect(base.config['rope_parameters']).toEqual({ rope_theta: 5000, rope_type: 'linear', factor: 4 });
  expect(base.read('model.norm.weight')).toEqual(plain.read('model.norm.weight'));
  await expect(openBase(withMetadata({ 'llama.rope.scaling.type': 'yarn' }))).rejects.toThrow(/"yarn"/);
  await expect(openBase(withMetadata({ 'llama.expert_count': 8 }))).rejects.toThrow(/plain llama/);
});

test('version 2 is read as well', async () => {
  const path = changed((bytes) => (bytes.writeUInt32LE(2, 4), bytes));
  expect((await openBase(path)).names()).toHaveLength(20);
});

test.each<[string, () => string, string, RegExp]>([
  [
    'another kind of file',
    () => changed(() => Buffer.from('PK..')),
    'broken_file',
    /does not begin with GGUF/,
  ],
  ['an empty file', () => changed(() => Buffer.alloc(0)), 'broken_file', /GGUF/],
  ['version 1', () => changed((b) => (b.writeUInt32LE(1, 4), b)), 'unsupported_model', /version 1/],
  ['a table cut short', () => changed((b) => b.subarray(0, 700)), 'broken_file', /missing after byte/],
  ['tensors cut short', () => changed((b) => b.subarray(0, -64)), 'broken_file', /tensor .* ends at byte/],
  [
    'a string of many exabytes',
    () => changed((b) => (b.writeBigUInt64LE(2n ** 62n, 24), b)),
    'broken_file',
    /number/,
  ],
  [
    'a string longer than the file',
    () => changed((b) => (b.writeBigUInt64LE(2n ** 40n, 24), b)),
    'broken_file',
    /missing/,
  ],
  ['another architecture', () => respelt('llama\x14', 'gemma\x14'), 'unsupported_model', /"gemma"/],
  [
    'an unknown tensor',
    () => respelt('blk.1.ffn_up', 'blk.1.ffn_ex'),
    'unsupported_model',
    /blk\.1\.ffn_ex\.weight/,
  ],
  ['an unknown pre-tokenizer', () => respelt('smollm', 'tekken'), 'unsupported_model', /"tekken"/],
  ['a tokenizer of pieces', () => respelt('gpt2', 't5xx'), 'unsupported_model', /"t5xx"/],
])('%s is refused by name', async (_, make, code, message) => {
  const path = make();
  await expect(openBase(path)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
  await expect(openBase(path)).rejects.toThrow(path);
});

test('a format that is not known is refused when it is read, naming the tensor', () => {
  const path = changed((bytes) => {
    const name = Buffer.from('output_norm.weight');
    const type = bytes.indexOf(name) + name.length + 4 + 8; // dimensions, one length
    bytes.writeUInt32LE(23, type);
    return bytes;
  });
  const gguf = openGguf(path);
  expect(gguf.shape('output_norm.weight')).toEqual([32]);
  expect(() => gguf.read('output_norm.weight')).toThrow(/output_norm\.weight.*format 23.*Q4_K/);
});
