import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tokenizeRows, writeShard } from '../../../gpu-worker/supervisor/tokens.ts';
import { openBase } from '../../../gpu-worker/weights/base.ts';
import { openSafetensors } from '../../../gpu-worker/weights/safetensors.ts';
import type { AccountedRow } from '../../../shared/contracts/row.ts';
import { splitRows, type Shard } from '../../../shared/text/shards.ts';
import { loadTokenizer } from '../../../shared/text/tokenizer.ts';
import { row, ROWS, tinyBase } from '../../helpers/engine-run.ts';
import { tempFolder } from '../../helpers/engine-store.ts';

const base = await openBase(tinyBase());
base.close();
const tokenizer = loadTokenizer(base.tokenizer!);
const forever = new AbortController().signal;
const fileOf = (rows: readonly AccountedRow[]): string => {
  const path = join(tempFolder(), 'rows.jsonl.gz');
  writeFileSync(path, gzipSync(rows.map((r) => `${JSON.stringify(r)}\n`).join('')));
  return path;
};
const tokenize = (rows: readonly AccountedRow[], maxLength = 64) =>
  tokenizeRows(fileOf(rows), tokenizer, { maxLength, signal: forever });

test('rows go where their fate says, and only answers are learnt', async () => {
  const { train, held_out, held_out_rows } = await tokenize([
    ...ROWS,
    row(4, 'what is four', 'one', 'duplicate'),
  ]);
  expect(train.map(({ line }) => line)).toEqual([1, 2]);
  expect(held_out.map(({ line }) => line)).toEqual([3]);
  expect(held_out_rows).toEqual([{ line: 3, row: ROWS[2]!.row }]);
  const learnt = train[1]!.ids.filter((_, i) => train[1]!.weights[i]! > 0);
  expect(tokenizer.decode(learnt)).toBe('three four <end>');
});

test('a row whose answer lies beyond the cut is left out and counted', async () => {
  const long = row(9, 'what is '.repeat(20), 'two');
  const { train, truncated, empty } = await tokenize([...ROWS, long], 12);
  expect(train.map(({ line }) => line)).toEqual([1, 2]);
  expect({ truncated, empty }).toEqual({ truncated: 1, empty: 1 });
});

test('shards read back as they were written, an empty one too', async () => {
  const { train } = await tokenize(ROWS);
  for (const rows of [train, []]) {
    const path = join(tempFolder(), 'shard.safetensors');
    writeShard(path, rows);
    const file = openSafetensors(path);
    const read = Object.fromEntries(file.names().map((name) => [name, file.read(name)])) as unknown as Shard;
    file.close();
    expect(splitRows(read)).toEqual(rows);
  }
});

test('a stop is heard while rows are tokenised', async () => {
  const path = fileOf(Array.from({ length: 2_000 }, (_, i) => row(i + 1, 'what is one '.repeat(20), 'two')));
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('stopped')), 30);
  await expect(tokenizeRows(path, tokenizer, { maxLength: 64, signal: stop.signal })).rejects.toThrow(
    'stopped',
  );
});
