/** What every storage driver must do. A driver's own test file calls this, then adds only what is peculiar to it. */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import type { ObjectInfo, Storage } from '../../shared/storage/driver.ts';
import { probeStorage } from '../../shared/storage/probe.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const listed = async (storage: Storage, prefix: string): Promise<ObjectInfo[]> => {
  const all: ObjectInfo[] = [];
  for await (const info of storage.list(prefix)) all.push(info);
  return all;
};
const keysOf = async (storage: Storage, prefix: string) => (await listed(storage, prefix)).map((i) => i.key);

const testObjects = (storage: Storage): void => {
  test('reads back what was written', async () => {
    await storage.write('a/b.bin', Uint8Array.of(0, 255, 10));
    expect(await storage.read('a/b.bin')).toEqual(Buffer.from([0, 255, 10]));
  });
  test('holds an empty object', async () => {
    await storage.write('empty', new Uint8Array());
    expect(await storage.read('empty')).toHaveLength(0);
    expect(await storage.head('empty')).toMatchObject({ key: 'empty', bytes: 0 });
  });
  test('answers null where nothing was written', async () => {
    await storage.write('there/x', bytes('x'));
    for (const key of ['nope', 'no/such/key', 'there', 'there/x/y'])
      expect([await storage.read(key), await storage.stream(key), await storage.head(key)]).toEqual([
        null,
        null,
        null,
      ]);
  });
  test('replaces the whole object', async () => {
    await storage.write('k', bytes('long value'));
    await storage.write('k', bytes('v'));
    expect(await storage.read('k')).toEqual(Buffer.from('v'));
  });
  test('gives a new tag to new content, and the same tag as long as nothing changes', async () => {
    await storage.write('k', bytes('one'));
    const first = await storage.head('k');
    expect((await storage.head('k'))?.tag).toBe(first?.tag);
    await storage.write('k', bytes('two'));
    expect((await storage.head('k'))?.tag).not.toBe(first?.tag);
    expect((await listed(storage, 'k'))[0]).toEqual(await storage.head('k'));
  });
  test('keeps keys with odd characters apart', async () => {
    const odd = [
      'a b',
      'a%20b',
      'a+b',
      '数据/训练集.jsonl',
      'q?x=1&y#z',
      "it's",
      'a:b',
      'tab\there',
      '.hidden',
      'e\u0301',
      '\u00e9',
      '..x',
    ];
    for (const key of odd) await storage.write(key, bytes(key));
    for (const key of odd) expect(Buffer.from((await storage.read(key))!).toString()).toBe(key);
    expect((await keysOf(storage, '')).toSorted()).toEqual(odd.toSorted());
  });
  test('removes, and removing what is not there is no error', async () => {
    await storage.write('k', bytes('v'));
    await storage.remove('k');
    await storage.remove('k');
    await storage.remove('never/was');
    expect(await storage.read('k')).toBeNull();
    expect(await keysOf(storage, '')).toEqual([]);
  });
};

const testKeys = (storage: Storage, checksSignatures: boolean): void => {
  test.each(['../out', 'a/../../out', '/etc/passwd', '.', '', 'a//b', 'a/', 'a/./b', 'nul\0'])(
    'refuses the key %j',
    async (key) => {
      await expect(storage.read(key)).rejects.toMatchObject({ code: 'invalid_request' });
      await expect(storage.write(key, new Uint8Array())).rejects.toMatchObject({ code: 'invalid_request' });
    },
  );
  test('gives equal tags to equal bytes, or says that it does not', async () => {
    const tagOf = async (key: string) => (await storage.head(key))?.tag;
    for (const key of ['a/1', 'b/2']) await storage.write(key, bytes('the same'));
    if (storage.tagIsDigest) expect(await tagOf('a/1')).toBe(await tagOf('b/2'));
    else expect(await tagOf('a/1')).not.toBe(await tagOf('b/2'));
  });
  test('hands out URLs that anyone may use, or none', async () => {
    const [put, get] = [
      await storage.presign('by url+é', 'PUT', 60),
      await storage.presign('by url+é', 'GET', 60),
    ];
    expect(put === null).toBe(get === null);
    if (put === null || get === null) return;
    expect((await fetch(put, { method: 'PUT', body: bytes('from afar') })).status).toBe(200);
    expect(Buffer.from((await storage.read('by url+é'))!).toString()).toBe('from afar');
    expect(await (await fetch(get)).text()).toBe('from afar');
    if (!checksSignatures) return;
    expect((await fetch(get, { method: 'PUT', body: bytes('more') })).status).toBe(403);
  });
};

const testListing = (storage: Storage, many: number): void => {
  test('lists by prefix at any depth, in key order', async () => {
    const all = ['runs/1/a', 'runs/1/b/c', 'runs/1-x', 'runs/10/a', 'runs/1.z', 'x', 'runs/1/b!'];
    for (const key of all) await storage.write(key, bytes(key));
    const below = (prefix: string) => all.filter((k) => k.startsWith(prefix)).toSorted();
    for (const prefix of ['runs/1/', 'runs/1', 'runs/', 'runs/1/b', 'x', '', 'y', 'runs/1/b/c/d'])
      expect(await keysOf(storage, prefix), prefix).toEqual(below(prefix));
  });
  test('lists keys beyond the plane of 16 bits by their bytes', async () => {
    for (const key of ['\u{1F600}', '\uFF5E']) await storage.write(key, bytes('x'));
    expect(await keysOf(storage, '')).toEqual(['\uFF5E', '\u{1F600}']);
  });
  test('lists more keys than one page holds, each once', async () => {
    const all = Array.from({ length: many }, (_, i) => `many/${String(i).padStart(5, '0')}`);
    for (let i = 0; i < all.length; i += 50)
      await Promise.all(all.slice(i, i + 50).map((key) => storage.write(key, new Uint8Array(1))));
    expect(await keysOf(storage, 'many/')).toEqual(all);
  });
};

const testAtomicity = (storage: Storage): void => {
  test('keeps one whole value when several write at once, and readers never see half', async () => {
    const values = Array.from({ length: 8 }, (_, i) => Buffer.alloc(100_000, i));
    await storage.write('k', values[0]!);
    const seen: (Uint8Array | null)[] = [];
    const reading = (async () => {
      for (let i = 0; i < 40; i++) seen.push(await storage.read('k'));
    })();
    await Promise.all([...values.map((v) => storage.write('k', v)), reading]);
    for (const value of [...seen, await storage.read('k')])
      expect(values.some((v) => value !== null && v.equals(value))).toBe(true);
    expect(await keysOf(storage, '')).toEqual(['k']);
  });
  test('of fifty creators of one key exactly one succeeds, and its value stays', async () => {
    const won = await Promise.all(
      Array.from({ length: 50 }, (_, i) => storage.create('claims/k', bytes(`${i}`))),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(Buffer.from((await storage.read('claims/k'))!).toString()).toBe(String(won.indexOf(true)));
    expect(await storage.create('claims/k', bytes('late'))).toBe(false);
  });
  test('a key that was removed can be created again', async () => {
    expect(await storage.create('k', bytes('1'))).toBe(true);
    await storage.remove('k');
    expect(await storage.create('k', bytes('2'))).toBe(true);
  });
  test('passes the probe of its conditional put', async () => {
    await probeStorage(storage);
    expect(await keysOf(storage, '')).toEqual([]);
  });
  test('leaves the old object where a stream breaks off', async () => {
    await storage.write('k', bytes('old'));
    const breaks = Readable.from(
      (async function* () {
        yield bytes('half');
        throw new Error('the line is dead');
      })(),
    );
    await expect(storage.write('k', breaks)).rejects.toMatchObject({ code: 'storage_failed' });
    expect(await storage.read('k')).toEqual(Buffer.from('old'));
    expect(await keysOf(storage, '')).toEqual(['k']);
  });
};

const MB = 2 ** 20;

type Place = {
  /** more keys than a page of the store holds */
  readonly keys: number;
  readonly megabytes: number;
  /** its memory is not the driver's */
  readonly serverIsHere: boolean;
  readonly checksSignatures: boolean;
};

const testStreams = (
  storage: Storage,
  { megabytes, serverIsHere }: Pick<Place, 'megabytes' | 'serverIsHere'>,
): void => {
  test(`streams ${megabytes} MB in and out in little memory`, async () => {
    const chunk = randomBytes(MB / 4);
    const [put, got] = [createHash('sha256'), createHash('sha256')];
    let most = 0;
    const watch = () => (most = Math.max(most, process.memoryUsage().arrayBuffers));
    const before = process.memoryUsage().arrayBuffers;
    const source = function* () {
      for (let i = 0; i < megabytes * 4; i++) {
        watch();
        chunk.writeUInt32LE(i);
        const piece = Buffer.from(chunk);
        put.update(piece);
        yield piece;
      }
    };
    await storage.write('big', Readable.from(source()));
    for await (const part of (await storage.stream('big'))!) {
      got.update(part as Buffer);
      watch();
    }
    expect(got.digest('hex')).toBe(put.digest('hex'));
    if (!serverIsHere) expect((most - before) / MB).toBeLessThan(100); // with what the collector has not fetched yet
  });
};

export const testStorage = (
  make: () => Storage,
  { keys = 1100, megabytes = 50, serverIsHere = false, checksSignatures = true }: Partial<Place> = {},
): void => {
  const storage = make();
  afterEach(async () => {
    const left = await keysOf(storage, '');
    for (let i = 0; i < left.length; i += 50)
      await Promise.all(left.slice(i, i + 50).map((key) => storage.remove(key)));
  });
  testObjects(storage);
  testKeys(storage, checksSignatures);
  testListing(storage, keys);
  testAtomicity(storage);
  testStreams(storage, { megabytes, serverIsHere });
};
