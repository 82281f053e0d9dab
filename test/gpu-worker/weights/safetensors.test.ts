import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openSafetensors, writeSafetensors } from '../../../gpu-worker/weights/safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const fileOf = (header: string, data: Uint8Array = new Uint8Array(), length = header.length): string => {
  const path = join(folder, `${files++}.safetensors`);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(length));
  writeFileSync(path, Buffer.concat([prefix, Buffer.from(header), data]));
  return path;
};
const bytes = (n: number): Uint8Array => new Uint8Array(n);
const tensor = (name: string, dtype: string, shape: number[], from: number, to: number): string =>
  `"${name}":{"dtype":"${dtype}","shape":${JSON.stringify(shape)},"data_offsets":[${from},${to}]}`;

test('reads what the reference implementation wrote', () => {
  const data = Float32Array.of(0, 1, 2, 3, 4, 5);
  const file = openSafetensors(
    fileOf(`{${tensor('attn.0', 'F32', [1, 2, 3], 0, 24)}}`, new Uint8Array(data.buffer)),
  );
  expect(file.names()).toEqual(['attn.0']);
  expect(file.info('attn.0')).toEqual({ dtype: 'F32', shape: [1, 2, 3] });
  expect(file.read('attn.0')).toEqual(data);
  file.close();
});

test('white space around the header, scalars and empty tensors are fine', () => {
  expect(openSafetensors(fileOf('\t\n{}\r ')).names()).toEqual([]);
  expect(openSafetensors(fileOf('{"__metadata__":{"framework":"pt"}}  ')).metadata).toEqual({
    framework: 'pt',
  });
  const file = openSafetensors(
    fileOf(`{${tensor('s', 'I32', [], 0, 4)},${tensor('z', 'F16', [2, 0], 4, 4)}}`, bytes(4)),
  );
  expect(file.read('s')).toEqual(Int32Array.of(0));
  expect(file.readFloat32('z')).toEqual(new Float32Array(0));
});

test.each<[string, () => string, RegExp]>([
  [
    'shorter than eight bytes',
    () => (writeFileSync(join(folder, 'short'), 'abc'), join(folder, 'short')),
    /3 bytes/,
  ],
  ['a header that is not JSON', () => fileOf('{'), /not JSON/],
  ['a header that is no object', () => fileOf('[]'), /object/],
  ['a header longer than the file', () => fileOf('{}', bytes(0), 1000), /claims 1000/],
  ['a header of many exabytes', () => fileOf('{}', bytes(0), 2 ** 60), /claims/],
  [
    'missing bytes',
    () => fileOf(`{${tensor('w', 'I32', [2, 2], 0, 16)}}`, bytes(14)),
    /w ends at byte 16 of 14/,
  ],
  ['bytes that belong to nothing', () => fileOf(`{${tensor('w', 'I8', [2], 0, 2)}}`, bytes(3)), /1 bytes/],
  [
    'overlapping tensors',
    () => fileOf(`{${tensor('a', 'I8', [4], 0, 4)},${tensor('b', 'I8', [4], 2, 6)}}`, bytes(6)),
    /b begins at byte 2/,
  ],
  [
    'a hole between tensors',
    () => fileOf(`{${tensor('a', 'I8', [1], 0, 1)},${tensor('b', 'I8', [1], 2, 3)}}`, bytes(3)),
    /b begins at byte 2/,
  ],
  [
    'a shape that needs other bytes',
    () => fileOf(`{${tensor('w', 'F32', [2], 0, 4)}}`, bytes(4)),
    /4 bytes where its shape needs 8/,
  ],
  ['a negative offset', () => fileOf(`{${tensor('w', 'I8', [1], -1, 0)}}`, bytes(0)), /w has no proper/],
  [
    'an unknown dtype',
    () => fileOf(`{${tensor('w', 'F3', [1], 0, 1)}}`, bytes(1)),
    /w has the unknown dtype F3/,
  ],
  ['a tensor that is no object', () => fileOf('{"w":null}'), /w has the unknown dtype/],
])('refuses %s, naming the file', (_, make, message) => {
  const path = make();
  const open = () => openSafetensors(path);
  expect(open).toThrow(expect.objectContaining({ code: 'broken_file' }));
  expect(open).toThrow(path);
  expect(open).toThrow(message);
});

test('a missing file and a missing tensor are said by name', () => {
  expect(() => openSafetensors(join(folder, 'none'))).toThrow(/none/);
  expect(() => openSafetensors(fileOf('{}')).read('lm_head.weight')).toThrow(/lm_head\.weight/);
});

test('what is written is read back, aligned, with metadata, and leaves no other file', () => {
  const to = mkdtempSync(join(folder, 'out-'));
  const path = join(to, 'x.safetensors');
  const data = {
    byte: Uint8Array.of(1, 2, 3),
    flag: Uint8Array.of(1, 0),
    big: BigInt64Array.of(-1n, 2n ** 40n),
    int: Int32Array.of(-7),
    float: Float32Array.of(1.5, -2.25),
    double: Float64Array.of(Math.PI),
  };
  const dtypes = { byte: 'U8', flag: 'BOOL', big: 'I64', int: 'I32', float: 'F32', double: 'F64' } as const;
  const names = Object.keys(data) as (keyof typeof data)[];
  writeSafetensors(
    path,
    Object.fromEntries(names.map((n) => [n, { dtype: dtypes[n], shape: [data[n].length], data: data[n] }])),
    { format: 'pt' },
  );
  const file = openSafetensors(path);
  for (const name of names) expect(file.read(name), name).toEqual(data[name]);
  expect(file.metadata).toEqual({ format: 'pt' });
  expect(readdirSync(to)).toEqual(['x.safetensors']);

  const raw = readFileSync(path);
  const length = Number(raw.readBigUInt64LE());
  expect(length % 8).toBe(0);
  const header = JSON.parse(raw.toString('utf8', 8, 8 + length)) as Record<
    string,
    { data_offsets?: number[] }
  >;
  for (const name of names)
    expect(header[name]!.data_offsets![0]! % data[name].BYTES_PER_ELEMENT, name).toBe(0);
});

const fail = () => {
  throw new RangeError('no more');
};

test('tensors may be made one at a time, and a failing one leaves nothing behind', () => {
  const to = mkdtempSync(join(folder, 'lazy-'));
  const path = join(to, 'x.safetensors');
  const one = { dtype: 'F32', shape: [1] } as const;
  writeSafetensors(path, { a: { ...one, data: () => Float32Array.of(4) } });
  expect(() => writeSafetensors(path, { a: { ...one, data: fail } })).toThrow('no more');
  expect(() => writeSafetensors(path, { a: { ...one, data: new Float32Array(2) } })).toThrow(TypeError);
  expect(openSafetensors(path).read('a')).toEqual(Float32Array.of(4));
  expect(readdirSync(to)).toEqual(['x.safetensors']);
});

test('sixteen-bit and double values become float32, also beyond one chunk and into a given array', () => {
  const n = (1 << 20) + 3;
  const half = new Uint16Array(n).fill(0x3c00);
  half[n - 1] = 0xc000;
  const path = join(folder, 'mixed.safetensors');
  writeSafetensors(path, {
    f16: { dtype: 'F16', shape: [n], data: half },
    bf16: { dtype: 'BF16', shape: [2], data: Uint16Array.of(0x3f80, 0xc049) },
    f64: { dtype: 'F64', shape: [2], data: Float64Array.of(0.5, -8) },
    i8: { dtype: 'I8', shape: [1], data: Int8Array.of(1) },
  });
  const file = openSafetensors(path);
  const f16 = file.readFloat32('f16');
  expect([f16.length, f16[0], f16[1 << 20], f16[n - 1]]).toEqual([n, 1, 1, -2]);
  expect([...file.readFloat32('bf16')]).toEqual([1, -3.140625]);
  const into = new Float32Array(2);
  expect(file.readFloat32('f64', into)).toBe(into);
  expect([...into]).toEqual([0.5, -8]);
  expect(() => file.readFloat32('f64', new Float32Array(3))).toThrow(TypeError);
  expect(() => file.readFloat32('i8')).toThrow(/I8/);
});

const vectors = new URL('../../../../shared/data/safetensors-vectors/', import.meta.url).pathname;
describe.skipIf(!existsSync(vectors))('the vectors of the reference implementation (../shared/data)', () => {
  const names = existsSync(vectors) ? readdirSync(vectors).filter((n) => n.endsWith('.safetensors')) : [];
  test.each(names)('%s', (name) => {
    const open = () => openSafetensors(join(vectors, name));
    if (name.startsWith('bad_'))
      return expect(open).toThrow(expect.objectContaining({ code: 'broken_file' }));
    const file = open();
    for (const tensorName of file.names()) file.read(tensorName);
  });
});
