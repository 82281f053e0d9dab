import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locate } from '../../../gpu-worker/supervisor/locate.ts';
import { objectUri } from '../../../shared/storage/index.ts';
import { tempFolder, tempStore } from '../../helpers/engine-store.ts';

test('a key of the own store is found there, however its URI is written', () => {
  const own = tempStore();
  const uri = objectUri(own, 'datasets/a b/rows.jsonl.gz');
  for (const spelled of [uri, uri.replace('file:/', 'file:///')])
    expect(locate(own, spelled)).toEqual({ storage: own, key: 'datasets/a b/rows.jsonl.gz' });
  expect(locate(own, objectUri(own, 'runs/j/1/checkpoint/4/')).key).toBe('runs/j/1/checkpoint/4/');
});

test('an object elsewhere is read from the folder that holds it', async () => {
  const folder = join(tempFolder(), 'two words');
  mkdirSync(folder);
  writeFileSync(join(folder, 'rows.gz'), 'rows');
  const { storage, key } = locate(tempStore(), `file:${encodeURI(folder)}/rows.gz`);
  expect(key).toBe('rows.gz');
  expect(Buffer.from((await storage.read(key))!).toString()).toBe('rows');
});

test('a store whose name begins like the own one is another', () => {
  const own = tempStore();
  expect(locate(own, `${own.uri}-other/rows.gz`)).toMatchObject({
    key: 'rows.gz',
    storage: { uri: `${own.uri}-other` },
  });
});

test('what is no URI of an object is refused', () => {
  expect(() => locate(tempStore(), 'rows.gz')).toThrow(/not the URI/);
});
