/** On the real GGUF of SmolLM2-135M-Instruct: DROPTUNE_TEST_GGUF, or the model cache. Numbers from ../shared/data. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBase, type Base } from '../../gpu-worker/weights/base.ts';
import type { Message, Row } from '../../shared/contracts/row.ts';
import { encodeRow, renderPrompt } from '../../shared/text/template.ts';
import { loadTokenizer, type Tokenizer } from '../../shared/text/tokenizer.ts';

const data = new URL('../../../shared/data/smollm2-135m/', import.meta.url).pathname;
const gguf =
  process.env['DROPTUNE_TEST_GGUF'] ??
  join(
    process.env['DROPTUNE_HOME'] ?? '.droptune',
    'models/HuggingFaceTB/SmolLM2-135M-Instruct/wheel/SmolLM2-135M-Instruct.Q4_1.gguf',
  );
const json = <T>(name: string): T => JSON.parse(readFileSync(join(data, name), 'utf8')) as T;

describe.skipIf(!existsSync(gguf) || !existsSync(data))('the GGUF of SmolLM2-135M-Instruct', () => {
  let base: Base;
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    base = await openBase(gguf);
    tokenizer = loadTokenizer(base.tokenizer!);
  });
  afterAll(() => base.close());

  test('the configuration is that of the Hugging Face folder', () => {
    const {
      _model_name_or_path: _,
      pretraining_tp: __,
      unk_token_id: ___,
      ...expected
    } = json<Record<string, unknown>>('config.json');
    expect(base.config).toMatchObject(expected);
  });

  test('dequantised tensors are equal to the bit', () => {
    type Tensor = {
      tensor: string;
      shape: number[];
      first8: number[];
      mean: number;
      sha256_float32_le: string;
    };
    for (const { tensor, shape, first8, mean, sha256_float32_le } of json<{ tensors: Tensor[] }>(
      'weights.json',
    ).tensors) {
      const values = base.read(tensor);
      expect(base.shape(tensor), tensor).toEqual(shape);
      expect([...values.subarray(0, 8)], tensor).toEqual(first8);
      expect(values.reduce((sum, x) => sum + x, 0) / values.length).toBeCloseTo(mean, 9);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      expect(createHash('sha256').update(bytes).digest('hex'), tensor).toBe(sha256_float32_le);
    }
  });

  type Vectors = {
    vectors: { text: string; ids: number[]; decoded: string }[];
    chat_template: string;
    conversations: { messages: Message[]; add_generation_prompt: boolean; text: string; ids: number[] }[];
  };
  const vectors = json<Vectors>('tokenizer_vectors.json');

  test('35 texts have the ids and texts of the reference', () => {
    expect(vectors.vectors).toHaveLength(35);
    for (const { text, ids, decoded } of vectors.vectors) {
      expect([...tokenizer.encode(text)], text).toEqual(ids);
      expect(tokenizer.decode(ids), text).toBe(decoded);
    }
    expect(tokenizer.chatTemplate).toBe(vectors.chat_template);
    expect(tokenizer).toMatchObject({ vocabSize: 49152, eosIds: [2], bosId: 1, addsBos: false, padId: 2 });
  });

  test('five chats have the ids of the reference, with or without an answer', () => {
    for (const { messages, add_generation_prompt, text, ids } of vectors.conversations) {
      const row: Row = { kind: 'chat', messages };
      if (add_generation_prompt) {
        const { prompt, promptIds } = renderPrompt(tokenizer, {
          ...row,
          messages: [...messages, { role: 'assistant', content: 'x' }],
        });
        expect([prompt, [...promptIds]]).toEqual([text, ids]);
      } else {
        const encoded = encodeRow(tokenizer, row, { maxLength: 1000 });
        expect([...encoded.ids, 198]).toEqual(ids); // the newline after the last end of turn is cut
        expect(encoded.weights.at(-1)).toBe(1);
      }
    }
  });

  test('rows of wikisql have the ids and prompt lengths of the reference run', () => {
    const { rows } = json<{ rows: { ids: number[]; prompt: number }[] }>('lora_r16_all_wikisql.json');
    const texts = readFileSync(join(data, '../mlx-wikisql/train.jsonl'), 'utf8')
      .split('\n')
      .slice(0, rows.length);
    for (const [i, line] of texts.entries()) {
      const [question, answer] = (JSON.parse(line) as { text: string }).text.split('\nA: ') as [
        string,
        string,
      ];
      const messages: Message[] = [
        { role: 'user', content: question },
        { role: 'assistant', content: answer },
      ];
      const { ids, weights, trained } = encodeRow(tokenizer, { kind: 'chat', messages }, { maxLength: 1000 });
      const expected = rows[i]!;
      expect([...ids], line).toEqual(expected.ids);
      expect(weights.indexOf(1)).toBe(expected.prompt);
      expect(trained).toBe(expected.ids.length - expected.prompt);
    }
  });
});
