import { mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { Storage } from '../../../shared/storage/driver.ts';
import { fsStorage } from '../../../shared/storage/fs.ts';
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
