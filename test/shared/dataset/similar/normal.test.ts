import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BETWEEN, LEAD, unitsOf } from '../../../../shared/dataset/similar/normal.ts';

const MARK = String.fromCharCode(BETWEEN);

/** What is compared, as the units say it. */
const compared = (texts: readonly string[]): string => {
  const { units, length } = unitsOf(texts);
  return String.fromCharCode(...units.subarray(LEAD, length));
};

const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ');

test('any unit is folded by NFKC and in lower case, whatever stands beside it', () => {
  for (let unit = 2; unit < 0x10000; unit++) {
    const text = `E${String.fromCharCode(unit)}Σ`;
    if (compared([text]) !== folded(text))
      expect(`${unit} ${compared([text])}`).toBe(`${unit} ${folded(text)}`);
  }
});

test('so are whole texts, each by itself', () => {
  const some = fc.array(fc.constantFrom(...'aE é\u0301\u3099ガカｶﾞΣς한한，Ａ…ﬁİ\u00a0\n '), { maxLength: 12 });
  const text = fc.oneof(
    some.map((characters) => characters.join('')),
    fc.string({ unit: 'binary' }).filter((any) => !any.includes('\0') && !any.includes(MARK)),
  );
  fc.assert(
    fc.property(text, text, (one, other) => {
      const glued = `${folded(one).trimStart()}${MARK}${folded(other)}`;
      expect(compared([one, other])).toBe(glued);
    }),
  );
});
