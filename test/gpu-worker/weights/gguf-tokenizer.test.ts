import { expect, test } from 'vitest';
import { openGguf, type GgufValue } from '../../../gpu-worker/weights/gguf.ts';
import { tokenizerOf } from '../../../gpu-worker/weights/gguf-tokenizer.ts';
import { loadTokenizer, type Tokenizer } from '../../../shared/text/tokenizer.ts';

const gguf = openGguf(new URL('../../fixtures/gguf/tiny.gguf', import.meta.url).pathname);
gguf.close();

const withMetadata = (values: Readonly<Record<string, GgufValue>>) =>
  tokenizerOf({ ...gguf, metadata: new Map([...gguf.metadata, ...Object.entries(values)]) });
const load = (pre: string, more: Readonly<Record<string, GgufValue>> = {}): Tokenizer =>
  loadTokenizer(withMetadata({ 'tokenizer.ggml.pre': pre, ...more })!);

// the fixture merges "12", two spaces and " world": whether they meet shows where the text is split
const spelt = (tokenizer: Tokenizer, text: string): string[] =>
  Array.from(tokenizer.encode(text), (id) => tokenizer.decode([id]));

test.each<[pre: string, text: string, tokens: string[]]>([
  ['gpt-2', '3123', ['3', '12', '3']],
  ['default', '3123', ['3', '12', '3']],
  ['smollm', '3123', ['3', '1', '2', '3']],
  ['qwen2', '3123', ['3', '1', '2', '3']],
  ['llama-bpe', '3123', ['3', '12', '3']], // digits by threes: 312, 3
  ['llama-bpe', '33123', ['3', '3', '1', '2', '3']], // 331, 23
  ['gpt-2', '   world', ['  ', ' world']],
  ['llama-bpe', '   world', ['  ', ' world']],
  ['qwen2', ' 1', [' ', '1']],
  ['gpt-2', '  1', [' ', ' ', '1']],
  ['llama-bpe', '  1', [' ', ' ', '1']],
  ['smollm', '  1', ['  ', '1']],
])('%s splits %j', (pre, text, tokens) => {
  expect(spelt(load(pre), text)).toEqual(tokens);
});

test('qwen2 composes accents before it looks at them', () => {
  expect(load('qwen2').encode('e\u0301')).toEqual(load('qwen2').encode('\u00e9'));
  expect(load('gpt-2').encode('e\u0301')).not.toEqual(load('gpt-2').encode('\u00e9'));
});

test('bos and eos are added to texts where the file or its family says so', () => {
  expect(load('llama-bpe').addsBos).toBe(false); // this file says no
  expect(load('gpt-2', { 'tokenizer.ggml.add_bos_token': true }).addsBos).toBe(true);
  const both = withMetadata({ 'tokenizer.ggml.add_bos_token': true, 'tokenizer.ggml.add_eos_token': true })!;
  expect(both.tokenizer).toMatchObject({
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '<|user|>' } },
        { Sequence: { id: 'A' } },
        { SpecialToken: { id: '<|end|>' } },
      ],
      special_tokens: { '<|user|>': { ids: [1] }, '<|end|>': { ids: [0] } },
    },
  });
});

test('an end of turn apart from the end of text stops generation too', () => {
  const { eosIds } = load('gpt-2', { 'tokenizer.ggml.eot_token_id': 2 });
  expect(eosIds).toEqual([0, 2]);
});

test('a file without tokens has no tokenizer', () => {
  expect(withMetadata({ 'tokenizer.ggml.tokens': [] })).toBeNull();
});
