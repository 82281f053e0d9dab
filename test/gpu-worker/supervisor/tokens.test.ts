import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tokenizeRows, writeShard } from '../../../gpu-worker/supervisor/tokens.ts';
import { openBase } from '../../../gpu-worker/weights/base.ts';
import { openSafetensors } from '../../../gpu-worker/weights/safetensors.ts';
import type { ResolvedObjective } from '../../../shared/contracts/objective.ts';
import type { AccountedRow, Row } from '../../../shared/contracts/row.ts';
import { splitRows, type Shard, type TokenRow } from '../../../shared/text/shards.ts';
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
const tokenize = (
  rows: readonly AccountedRow[],
  maxLength = 64,
  objective: ResolvedObjective['type'] = 'sft',
) => tokenizeRows(fileOf(rows), tokenizer, { objective, maxLength, signal: forever });

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
  await expect(
    tokenizeRows(path, tokenizer, { objective: 'sft', maxLength: 64, signal: stop.signal }),
  ).rejects.toThrow('stopped');
});

const kto = (line: number, label: boolean): AccountedRow => ({
  ...ROWS[0]!,
  line,
  row: { ...(ROWS[0]!.row as Extract<Row, { kind: 'chat' }>), kind: 'kto', label },
});
const pair = (line: number, fate: AccountedRow['fate'] = 'train', chosen = 'two'): AccountedRow => ({
  ...ROWS[0]!,
  line,
  fate,
  row: {
    kind: 'preference',
    messages: [{ role: 'user', content: 'what is one' }],
    chosen: [{ role: 'assistant', content: chosen }],
    rejected: [{ role: 'assistant', content: 'three' }],
  },
});
const learntOf = ({ ids, weights }: TokenRow) => tokenizer.decode(ids.filter((_, i) => weights[i]! > 0));

test('a pair is two rows of one line, chosen first, and counts once', async () => {
  const tokens = await tokenize([pair(1), pair(2, 'train', 'four'), pair(3, 'held_out')], 64, 'dpo');
  expect(tokens.train.map((t) => [t.line, learntOf(t)])).toEqual([
    [1, 'two <end>'],
    [1, 'three <end>'],
    [2, 'four <end>'],
    [2, 'three <end>'],
  ]);
  expect(tokens).toMatchObject({ train_rows: 2, empty: 0 });
  expect(tokens.held_out_rows.map(({ line }) => line)).toEqual([3]);
  expect(tokens.held_out).toHaveLength(2);
});

test('imitation trains on the chosen answers, and the test still has both', async () => {
  const tokens = await tokenize([pair(1), pair(3, 'held_out')], 64, 'sft');
  expect(tokens.train.map(learntOf)).toEqual(['two <end>']);
  expect(tokens.held_out.map(learntOf)).toEqual(['two <end>', 'three <end>']);
});

test('a pair of which one answer lies beyond the cut is left out whole', async () => {
  const whole = await tokenize([pair(1)], 64, 'dpo');
  const room = whole.train[0]!.weights.findIndex((w) => w > 0);
  const long = pair(2);
  if (long.row?.kind === 'preference') long.row.messages.unshift({ role: 'user', content: 'what is one' });
  const { train, train_rows, empty, truncated } = await tokenize([pair(1), long], room + 2, 'dpo');
  expect(train.map(({ line }) => line)).toEqual([1, 1]);
  expect({ train_rows, empty, truncated }).toEqual({ train_rows: 1, empty: 1, truncated: 1 });
});

test('labels go through a shard and back', async () => {
  const { train } = await tokenize([kto(1, true), kto(2, false), pair(3)], 64, 'kto');
  expect(train.map(({ desirable }) => desirable)).toEqual([true, false, true, false]);
  const path = join(tempFolder(), 'labelled.safetensors');
  writeShard(path, train);
  const file = openSafetensors(path);
  const read = Object.fromEntries(file.names().map((name) => [name, file.read(name)])) as unknown as Shard;
  file.close();
  expect(splitRows(read)).toEqual(train);
});
