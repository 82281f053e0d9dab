import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileSpill } from '../../../functions/dataset/file-spill.ts';
import { memorySpill, type Spill } from '../../../shared/dataset/spill.ts';

describe.each<[string, () => Spill & { close?(): void }]>([
  ['in memory', memorySpill],
  ['in a file', fileSpill],
])('a spill %s', (_, make) => {
  test('gives back every part of what was appended', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(parts, (all) => {
        const spill = make();
        const places = all.map((bytes) => spill.append(bytes));
        for (const [i, bytes] of all.entries()) {
          const middle = bytes.length >> 1;
          expect([...spill.read(places[i]!, bytes.length)]).toEqual([...bytes]);
          expect([...spill.read(places[i]! + middle, bytes.length - middle)]).toEqual([
            ...bytes.subarray(middle),
          ]);
        }
        spill.close?.();
      }),
      { numRuns: 30 },
    );
  });
});

test('bytes that nobody wrote are a failure', () => {
  const spill = fileSpill();
  spill.append(new Uint8Array(3));
  expect(() => spill.read(1, 5)).toThrow(expect.objectContaining({ code: 'storage_failed' }));
  spill.close();
});
