import { afterAll, expect, test } from 'vitest';
import { rmSync } from 'node:fs';
import { openBase } from '../../gpu-worker/weights/base.ts';
import { encodeRow } from '../../shared/text/template.ts';
import { loadTokenizer } from '../../shared/text/tokenizer.ts';
import { temporary } from './database.ts';
import { writeTinyBase } from './tiny-base.ts';

const folder = writeTinyBase(temporary('tiny'));
afterAll(() => rmSync(folder, { recursive: true }));

test('spells every byte as its number and three, and learns the answer with its end', async () => {
  const base = await openBase(folder);
  expect(base.config).toMatchObject({ model_type: 'llama', vocab_size: 512 });
  const tokenizer = loadTokenizer(base.tokenizer!);
  const text = 'Wer lehrt 二年级? ü\n\0';
  expect([...tokenizer.encode(text)]).toEqual([...Buffer.from(text)].map((byte) => byte + 3));
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  expect([tokenizer.eosIds, tokenizer.padId]).toEqual([[2], 0]);

  const messages = [
    { role: 'user' as const, content: 'Hi' },
    { role: 'assistant' as const, content: 'Yo' },
  ];
  const { ids, weights } = encodeRow(tokenizer, { kind: 'chat', messages }, { maxLength: 512 });
  const learnt = ids.filter((_, i) => weights[i]! > 0);
  expect([tokenizer.decode(learnt), ids[0]]).toEqual(['Yo<|im_end|>', 1]);
  base.close();
});
