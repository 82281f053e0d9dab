/** What a driver must do when the line to its bucket breaks: fail, or give and take whole objects. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import type { Tuning } from '../../shared/storage/bucket.ts';
import { FAULTS, type LineFault } from '../helpers/bucket/faults.ts';
import {
  type BucketUnderTest,
  collect,
  expectSame,
  failure,
  PART,
  pattern,
  SMALL,
  streamOf,
} from '../helpers/bucket/under-test.ts';

type Asked = { readonly method: string; readonly path: string };
const isGet = ({ method }: Asked) => method === 'GET';
const isPut = ({ method }: Asked) => method === 'PUT';
const isAbort = ({ method, path }: Asked) => method === 'DELETE' && path.includes('uploadId=');
const isComplete = ({ method, path }: Asked) => method === 'POST' && path.includes('uploadId=');

export const testLine = ({ server, line, open, prefix }: BucketUnderTest): void => {
  const storage = open({ url: line.url, tuning: SMALL });
  const body = pattern(3 * PART + 17, 5);
  /** The faults of the next requests of this kind, then none. */
  const plan = (which: (request: Asked) => boolean, ...faults: LineFault[]) => {
    line.next = (request) => (which(request) ? (faults.shift() ?? null) : null);
  };

  afterEach(() => {
    line.next = () => null;
    server.model.clear();
  });

  test('waits out a store that is busy, and gives up on one that stays so', async () => {
    plan(() => true, 'busy', 'busy', 'reset', 'busy', 'reset');
    await storage.write('k', body.subarray(0, 10));
    expectSame(await storage.read('k'), body.subarray(0, 10));
    line.next = () => 'busy';
    await expect(storage.write('k', new Uint8Array())).rejects.toMatchObject({
      ...failure,
      message: expect.stringMatching(/busy or broken.*try again later/),
    });
  });
  test('a claim whose answer is lost is still ours, and no other is', async () => {
    plan(isPut, 'lost');
    expect(await storage.create('claim', Buffer.from('me'))).toBe(true);
    plan(isPut, 'lost-busy');
    expect(await storage.create('claim', Buffer.from('me'))).toBe(false);
  });
  test('an upload whose last answer is lost is whole', async () => {
    plan(isComplete, 'lost', 'busy');
    await storage.write('big', streamOf(body));
    expectSame(await storage.read('big'), body);
  });
  test('an upload that somebody else aborted is not taken for done', async () => {
    await storage.write('big', Buffer.from('old'));
    line.next = (request) => {
      if (isComplete(request)) server.model.uploads.clear();
      return null;
    };
    await expect(storage.write('big', streamOf(body))).rejects.toMatchObject(failure);
    expectSame(await storage.read('big'), Buffer.from('old'));
  });
  test('damaged parts are sent again', async () => {
    plan(isPut, 'flip-put', 'cut-put', 'flip-put');
    await storage.write('big', streamOf(body));
    expectSame(await storage.read('big'), body);
    expect(server.model.objects.get(`${prefix}big`)?.etag).toMatch(/-4$/);
  });
  test('leaves no parts behind when the source breaks off', async () => {
    const breaks = Readable.from(
      (async function* () {
        yield body;
        throw new Error('the source is dead');
      })(),
    );
    plan(isAbort, 'busy', 'reset', 'lost');
    await expect(storage.write('big', breaks)).rejects.toThrow(/source is dead/);
    expect(server.model.uploads.size).toBe(0);
  });
  test('lets go of the source when the upload cannot begin', async () => {
    line.next = () => 'busy';
    const source = streamOf(body);
    await expect(storage.write('big', source)).rejects.toMatchObject(failure);
    expect(source.destroyed).toBe(true);
  });
  test('goes on where a stream broke off', async () => {
    await storage.write('big', body);
    plan(isGet, 'cut', 'reset', 'cut', 'busy');
    expectSame(await collect(await storage.stream('big')), body);
  });
  test('goes on where a stream fell silent', async () => {
    await storage.write('big', body);
    const hasty = open({ url: line.url, tuning: { ...SMALL, idle_ms: 300 } });
    plan(isGet, 'stall');
    expectSame(await collect(await hasty.stream('big')), body);
  });
  test('does not join halves of two objects', async () => {
    await storage.write('big', body);
    line.next = (request) => {
      if (!isGet(request)) return null;
      line.next = () => {
        server.model.put(`${prefix}big`, pattern(body.length, 9), {});
        return null;
      };
      return 'cut';
    };
    await expect(storage.stream('big').then(collect)).rejects.toThrow(/replaced while it was read/);
  });
  test.each(['short', 'flip'] as const)('an answer that is %s is not the object', async (fault) => {
    await storage.write('k', body.subarray(0, 5000));
    plan(isGet, fault, fault);
    expectSame(await storage.read('k'), body.subarray(0, 5000));
    plan(isGet, fault);
    await expect(storage.stream('k').then(collect)).rejects.toMatchObject(failure);
  });
};

type Model = { readonly known: Map<string, Set<string>> };
const ABSENT = 'nothing';
const nameOf = (body: Uint8Array | null): string =>
  body === null ? ABSENT : `${body.length} bytes, ${createHash('md5').update(body).digest('hex')}`;

/** After `act`, the key holds what it is said to hold: where the answer is an error, the old or the new. */
const put = async ({ known }: Model, key: string, text: string, act: () => Promise<unknown>) => {
  try {
    if ((await act()) === false) known.get(key)!.delete(ABSENT);
    else known.set(key, new Set([text]));
  } catch (error) {
    expect(error).toMatchObject(failure);
    known.set(key, new Set([...known.get(key)!, text]));
  }
};
const get = async ({ known }: Model, key: string, act: () => Promise<Uint8Array | null>) => {
  try {
    const found = nameOf(await act());
    expect([...known.get(key)!], key).toContain(found);
    known.set(key, new Set([found]));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error).toMatchObject(failure);
  }
};

export const testAnyFaults = ({ server, line, open, prefix }: BucketUnderTest): void => {
  // three attempts, so that some operations do fail
  const tuning: Tuning = { ...SMALL, backoff: { ...SMALL.backoff, attempts: 3 } };
  const storage = open({ url: line.url, tuning });

  const round = async (seed: number): Promise<void> => {
    server.model.clear();
    const model: Model = { known: new Map(['k', 'big', 'c'].map((key) => [key, new Set([ABSENT])])) };
    const [one, two, big] = [pattern(40, seed), pattern(9000, seed + 1), pattern(2 * PART + seed, seed)];
    await put(model, 'k', nameOf(one), () => storage.write('k', one));
    await put(model, 'big', nameOf(big), () => storage.write('big', streamOf(big)));
    await put(model, 'k', nameOf(two), () => storage.write('k', two));
    await get(model, 'k', () => storage.read('k'));
    await put(model, 'c', nameOf(one), () => storage.create('c', one));
    await put(model, 'c', nameOf(two), () => storage.create('c', two));
    await get(
      model,
      'big',
      async () => (await storage.stream('big')) && collect(await storage.stream('big')),
    );
    await get(model, 'c', () => storage.read('c'));
    line.next = () => null;
    for (const key of model.known.keys()) {
      await get(model, key, () => storage.read(key));
      const stored = server.model.objects.get(prefix + key);
      expect(model.known.get(key)).toEqual(new Set([nameOf(stored?.bytes ?? null)]));
    }
  };
  test('whatever the line does, no wrong or partial object is taken for whole', async () => {
    const fault = fc.option(fc.constantFrom(...FAULTS), { freq: 2 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { minLength: 10, maxLength: 60 }),
        fc.nat(200),
        async (faults, seed) => {
          const left = [...faults];
          line.next = () => left.shift() ?? null;
          await round(seed);
        },
      ),
      { numRuns: 15, seed: 7 },
    );
  });
};
