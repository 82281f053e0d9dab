import { expect, test } from 'vitest';
import { checkHere } from '../../../functions/dataset/check.ts';
import { dataOf, inChunks, jsonlOf } from '../../shared/dataset/drop.ts';

const body = Buffer.from(
  jsonlOf(
    Array.from({ length: 40 }, (_, i) => ({
      prompt: `Question ${i}`,
      completion: `Ask keller${i % 3}@posteo.de.`,
    })),
  ),
);

const rowsWith = async (secret?: string): Promise<string> => {
  const rows: unknown[] = [];
  const source = { file: 'a.jsonl', role: 'train', chunks: inChunks(body) } as const;
  const data = dataOf({ privacy: { mode: 'pseudonymise' } });
  await checkHere([source], data, 0, ({ row }) => void rows.push(row), secret);
  return JSON.stringify(rows);
};

test('pseudonyms of one secret are the same each time; without one they are new', async () => {
  const [first, again, other, fresh] = [
    await rowsWith('one'),
    await rowsWith('one'),
    await rowsWith('two'),
    await rowsWith(),
  ];
  expect(again).toBe(first);
  expect(new Set([first, other, fresh]).size).toBe(3);
  for (const rows of [first, other, fresh]) expect(new Set(rows.match(/\w+@[\w.]+\w/g)).size).toBe(3);
});
