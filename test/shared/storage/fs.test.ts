import { mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { Storage } from '../../../shared/storage/driver.ts';
import { fsStorage } from '../../../shared/storage/fs.ts';
import { objectUri, openStorage, parseObjectUri } from '../../../shared/storage/index.ts';
import { probeStorage } from '../../../shared/storage/probe.ts';
import { testStorage } from '../../suites/storage.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'store '));
const make = () => fsStorage({ root: folder() });
const keysOf = async (storage: Storage, prefix: string) => {
  const all: string[] = [];
  for await (const { key } of storage.list(prefix)) all.push(key);
  return all;
};

describe('storage: fs', () => {
  testStorage(make);

  test.each(['../out', 'a/../../out', '/etc/passwd', '.', '', 'a//b', 'a/', 'a/./b', 'nul\0'])(
    'refuses the key %j',
    async (key) => {
      const storage = make();
      await expect(storage.read(key)).rejects.toMatchObject({ code: 'invalid_request' });
      await expect(storage.write(key, new Uint8Array())).rejects.toMatchObject({ code: 'invalid_request' });
    },
  );
  test('refuses to list outside its root', () => {
    expect(() => make().list('../')).toThrow(AppError);
  });
  test('does not look outside the folder of the prefix', async () => {
    const root = folder();
    const storage = fsStorage({ root });
    await storage.write('runs/1/a', new Uint8Array());
    await mkdir(join(root, 'secret'));
    await chmod(join(root, 'secret'), 0);
    symlinkSync(root, join(root, 'loop')); // a folder that is a link is not entered
    expect(await keysOf(storage, 'runs/')).toEqual(['runs/1/a']);
    expect(await keysOf(storage, '')).toEqual(['runs/1/a']);
  });
  test('shows files that people put into the folder, and no part of a file being written', async () => {
    const root = folder();
    const storage = fsStorage({ root });
    writeFileSync(join(root, 'by hand.jsonl'), '{}\n');
    writeFileSync(join(root, '.0f0e4c4e-1111-4222-8333-444455556666.part'), 'half');
    expect(await keysOf(storage, '')).toEqual(['by hand.jsonl']);
  });
  test('leaves no part behind after a failed write', async () => {
    const root = folder();
    const storage = fsStorage({ root });
    await storage.write('a', new Uint8Array(1));
    await expect(storage.write('a/b', new Uint8Array(1))).rejects.toMatchObject({ code: 'storage_failed' });
    await storage.create('a', new Uint8Array(1));
    expect(readdirSync(root)).toEqual(['a']);
  });
  test('what the disk refuses is storage_failed with its cause and its code', async () => {
    const error = await fsStorage({ root: '/dev/full' })
      .write('x', new Uint8Array(1))
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'storage_failed', details: { reason: 'EEXIST' } });
    expect((error as Error).cause).toBeInstanceOf(Error);
  });
  test('has no URLs to hand out', async () => {
    await expect(make().presign('k', 'GET', 60)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('uris of objects', () => {
  test('a store opens again from its uri, odd characters and all', async () => {
    const storage = fsStorage({ root: join(folder(), '100% 数据?#') });
    await storage.write('a', Buffer.from('v'));
    expect(Buffer.from((await openStorage(storage.uri).read('a'))!).toString()).toBe('v');
    expect(openStorage(storage.uri).uri).toBe(storage.uri);
  });
  test('an object is found again from its uri, with the root or without', () => {
    const storage = fsStorage({ root: '/srv/my runs/store' });
    for (const key of [
      'runs/ftjob-1/1/spec.json',
      'runs/ftjob-1/1/checkpoint/50/',
      'datasets/ds 1/50%?.gz',
    ]) {
      const uri = objectUri(storage, key);
      expect(parseObjectUri(uri, storage.uri)).toEqual({ store: storage.uri, key });
      expect(parseObjectUri(uri)).toEqual({ store: storage.uri, key });
    }
  });
  test('options of a store stay behind the key', () => {
    const store = { uri: 's3://bucket/prefix?region=x' };
    expect(objectUri(store, 'runs/1/spec.json')).toBe('s3://bucket/prefix/runs/1/spec.json?region=x');
    expect(parseObjectUri('s3://bucket/prefix/runs/1/spec.json?region=x')).toEqual({
      store: store.uri,
      key: 'runs/1/spec.json',
    });
  });
  test.each(['s4://bucket', 'nonsense', '/a/path'])('refuses to open %s', (uri) => {
    expect(() => openStorage(uri)).toThrow(/No storage driver/);
  });
  test('refuses an object of another store', () => {
    expect(() => parseObjectUri('file:/other/runs/1', 'file:/root')).toThrow(AppError);
  });
  test('a relative or doubly slashed file uri is a folder too', () => {
    expect(openStorage('file:./x').uri).toBe(fsStorage({ root: 'x' }).uri);
    expect(openStorage('file:///tmp/x').uri).toBe('file:/tmp/x');
  });
});

describe('the probe', () => {
  test('refuses a store that lets a second conditional put pass', async () => {
    const storage = make();
    const careless: Storage = {
      ...storage,
      create: (key, body) => storage.write(key, body).then(() => true),
    };
    await expect(probeStorage(careless)).rejects.toMatchObject({ code: 'storage_failed' });
    expect(await keysOf(storage, '')).toEqual([]);
  });
});
