import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openBase } from '../../../gpu-worker/weights/base.ts';
import { loadTokenizer } from '../../../shared/text/tokenizer.ts';
import { files, tokenizer, withBos } from '../../helpers/tiny-tokenizer.ts';

const spelt = (text: string): string[] => Array.from(tokenizer.encode(text), (id) => tokenizer.decode([id]));

test('merges apply, and digits stand alone in every script', () => {
  expect(spelt('hello world')).toEqual(['hello', ' world']);
  expect(spelt('12  h')).toEqual(['1', '2', ' ', ' ', 'h']);
  expect(spelt('a  12')).toEqual(['a', '  ', '1', '2']);
  expect(tokenizer.encode('½٣')).toEqual(
    Int32Array.from([...tokenizer.encode('½'), ...tokenizer.encode('٣')]),
  );
});

test('a step `Digits` splits at digits of every script too, as the original does', () => {
  const digits = { type: 'Digits', individual_digits: true };
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, use_regex: true };
  const model = {
    type: 'BPE',
    vocab: Object.fromEntries(['Ù', '£', '1', 'Ù£', 'Ù£Ù£', '11'].map((t, i) => [t, i])),
    merges: ['Ù £', 'Ù£ Ù£', '1 1'],
  };
  const withDigits = (pre_tokenizer: object) =>
    loadTokenizer({ ...files, tokenizer: { model, added_tokens: [], pre_tokenizer } }).encode('11٣٣');
  expect(withDigits(byteLevel)).toHaveLength(2);
  expect(withDigits({ type: 'Sequence', pretokenizers: [digits, byteLevel] })).toHaveLength(4);
});

test('special tokens in text are recognised unless told otherwise, user-defined ones always', () => {
  expect(tokenizer.encode('<|end|>')).toEqual(Int32Array.of(0));
  expect(tokenizer.encode('[tool]')).toEqual(Int32Array.of(269));
  const plain = tokenizer.encode('<|end|>[tool]', { special: false });
  expect(plain.at(-1)).toBe(269);
  expect(plain).toHaveLength(8);
  expect(tokenizer.decode(plain, { skipSpecial: true })).toBe('<|end|>[tool]');
});

test('decoding restores any text, and skips special tokens when asked', () => {
  const text = ' tabs\t, 你好, é, 🙂 <|end|> x , \uFEFFbom';
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  expect(tokenizer.decode(tokenizer.encode('a<|end|>b'), { skipSpecial: true })).toBe('ab');
  expect(tokenizer.decode([])).toBe('');
  expect(tokenizer.encode('')).toEqual(new Int32Array());
});

test('a byte that the vocabulary lacks vanishes without a trace', () => {
  expect(tokenizer.encode('a\u0004b')).toEqual(
    tokenizer.encode('ab').length === 2 ? tokenizer.encode('ab') : null,
  );
});

test('ids and texts of the special tokens', () => {
  expect(tokenizer).toMatchObject({
    vocabSize: 270,
    eosIds: [0],
    bosId: 1,
    bosText: '<|user|>',
    eosText: '<|end|>',
    padId: 0,
    addsBos: false,
    specials: ['<|end|>', '<|user|>', '<|assistant|>'],
    tokenVariables: { bos_token: '<|user|>', eos_token: '<|end|>', pad_token: '<|end|>' },
  });
  expect(tokenizer.chatTemplate).toContain('add_generation_prompt');
});

test('ends come from the generation configuration and the tokenizer; tokens may be objects; templates may be many', () => {
  const other = loadTokenizer({
    ...files,
    config: {
      eos_token: { content: '<|end|>' },
      bos_token: null,
      chat_template: [
        { name: 'tool_use', template: 'T' },
        { name: 'default', template: 'D' },
      ],
    },
    generation: { eos_token_id: [2, 1] },
  });
  expect(other.eosIds).toEqual([2, 1, 0]);
  expect([other.bosId, other.bosText, other.eosText, other.padId]).toEqual([null, null, '<|end|>', 0]);
  expect(other.chatTemplate).toBe('D');
});

test('a tokenizer that begins every text with bos says so, and encode still adds none', () => {
  const other = withBos();
  expect(other.addsBos).toBe(true);
  expect(other.encode('hello')).toEqual(tokenizer.encode('hello'));
});

test('a tokenizer.json that cannot be used is refused with a word', () => {
  const broken = { ...files, tokenizer: { model: { type: 'Nothing' } } };
  expect(() => loadTokenizer(broken)).toThrow(expect.objectContaining({ code: 'unsupported_model' }));
});

test('a long text takes no long time', () => {
  const text = 'hello world 123, x = [1, 2]; '.repeat(6000);
  const started = performance.now();
  const ids = tokenizer.encode(text);
  expect(tokenizer.decode(ids)).toBe(text);
  expect(ids.length).toBeGreaterThan(100_000);
  expect(performance.now() - started).toBeLessThan(5000);
});

const vectors = new URL('../../../../shared/data/tokenizer-vectors/', import.meta.url).pathname;
describe.skipIf(!existsSync(vectors))('the vocabularies that are there (../shared/data)', () => {
  test('a GGUF of SentencePiece is refused by name', async () => {
    await expect(openBase(`${vectors}ggml-vocab-llama-spm.gguf`)).rejects.toMatchObject({
      code: 'unsupported_model',
    });
    expect(readFileSync(`${vectors}SOURCE.txt`, 'utf8')).toContain('llama.cpp');
  });
});
