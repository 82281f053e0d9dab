import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hmac } from '../../../../shared/dataset/privacy/hmac.ts';

test("HMAC-SHA256 is node:crypto's, for keys and texts of any length", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      (key, text) => {
        expect(Buffer.from(hmac(key, text)).toString('hex')).toBe(
          createHmac('sha256', key).update(text).digest('hex'),
        );
      },
    ),
  );
});
