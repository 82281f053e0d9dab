import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { fsStorage } from '../../../shared/storage/fs.ts';
import { objectUri, openStorage, parseObjectUri } from '../../../shared/storage/index.ts';
import { OssOptions } from '../../../shared/storage/oss.ts';
import { S3Options } from '../../../shared/storage/s3.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'store '));

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

describe('uris of buckets', () => {
  test.each([
    ['s3://ft-data', 's3://ft-data'],
    ['s3://ft-data/', 's3://ft-data'],
    ['s3://ft-data//a/b c/?region=eu-west-1&kms=k', 's3://ft-data/a/b%20c?kms=k&region=eu-west-1'],
    ['s3://ft-data/50%', 's3://ft-data/50%25'],
    ['oss://ft-data/a?internal=true&region=cn-beijing', 'oss://ft-data/a?internal=true&region=cn-beijing'],
  ])('%s is %s', (given, uri) => {
    expect(openStorage(given).uri).toBe(uri);
    expect(openStorage(uri).uri).toBe(uri);
  });
  test('an object of a bucket is found again', () => {
    const storage = openStorage('s3://ft-data/team a?region=eu-west-1');
    const uri = objectUri(storage, 'runs/ftjob-1/1/spec.json');
    expect(uri).toBe('s3://ft-data/team%20a/runs/ftjob-1/1/spec.json?region=eu-west-1');
    expect(parseObjectUri(uri)).toEqual({ store: storage.uri, key: 'runs/ftjob-1/1/spec.json' });
    expect(parseObjectUri(uri, storage.uri)).toEqual({ store: storage.uri, key: 'runs/ftjob-1/1/spec.json' });
  });
  test.each([
    ['s3://', /is no name of a bucket/],
    ['s3:///a', /is no name of a bucket/],
    ['s3://a b', /is no name of a bucket/],
    ['s3://ft-data?regoin=x', /regoin.*options are region, endpoint, path_style, kms/],
    ['s3://ft-data?endpoint=localhost', /endpoint/],
    ['s3://ft-data?path_style=maybe', /path_style/],
    ['oss://ft-data?signature=v2', /signature/],
    ['oss://ft-data?internal=true&endpoint=https://x.example', /internal.*endpoint/],
  ])('refuses %s', (uri, why) => {
    expect(() => openStorage(uri)).toThrow(why);
  });
  test.each(['README.md', 'README.zh-CN.md'])('%s names every option', (file) => {
    const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
    for (const option of [...Object.keys(S3Options.shape), ...Object.keys(OssOptions.shape)])
      expect(text).toMatch(new RegExp(`^\\| \`${option}\` \\| .*(s3|oss)`, 'm'));
  });
});
