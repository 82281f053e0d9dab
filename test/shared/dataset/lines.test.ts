import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pieces } from '../../../shared/dataset/lines.ts';

const chunked = async function* (text: string, sizes: readonly number[], given: Uint8Array[]) {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const chunk = bytes.slice(at, at + sizes[i % sizes.length]!);
    at += chunk.length;
    given.push(chunk);
    yield chunk;
  }
};

const line = fc.string({ unit: fc.constantFrom('a', 'é', '你'), maxLength: 400_000, size: 'max' });

test('own chunks are cut as others are, and are gone afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 50_000, max: 700_000 }), { minLength: 1, maxLength: 4 }),
      async (lines, sizes) => {
        const text = lines.join('\n');
        const whole = new TextEncoder().encode(text);
        for (const own of [false, true]) {
          const given: Uint8Array[] = [];
          let end = 0;
          for await (const { lines: part, offset } of pieces(chunked(text, sizes, given), own)) {
            expect(offset).toBe(end);
            expect(Buffer.compare(part, whole.subarray(end, (end += part.length)))).toBe(0);
          }
          expect(end).toBe(whole.length);
          expect(given.every(({ length }) => (length === 0) === own)).toBe(true);
        }
      },
    ),
    { numRuns: 20 },
  );
});
