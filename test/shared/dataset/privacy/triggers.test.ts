import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RECOGNISERS } from '../../../../shared/dataset/privacy/index.ts';
import type { Rule } from '../../../../shared/dataset/privacy/recogniser.ts';
import { candidates } from '../../../../shared/dataset/privacy/scan.ts';
import { FOUND } from './vectors.ts';

/** Where a rule matches in all of a text, whatever the text has or has not: what the look for triggers may not lose. */
const plainly = (text: string, { pattern, within, judge, confidence }: Rule): string[] => {
  if (confidence === 0) return [];
  return [...text.matchAll(pattern)].flatMap((match) => {
    const whole = match.index + match[0].length;
    const place = within
      ? within(match)
      : ([match[1] === undefined ? match.index : whole - match[1].length, whole] as const);
    const given = place && (judge?.(text.slice(...place), match) ?? true);
    return given === true || (typeof given === 'number' && given > 0) ? [place!.join('-')] : [];
  });
};

const sentences = [
  ...Object.values(FOUND)
    .flat()
    .map(([value, frame]) => frame.replace('@', () => value)),
  'The quick brown fox jumps over the lazy dog.',
  'In 1907 there were 11 bars at 17:30, and 2,500 people on 2024-05-17.',
  '他说今天天气很好，第3章第12节有40个例子。',
  '{"id":"L24F","day":"mon","seats":[12,9]}',
  'x = y * 20 + 7; // a::b',
];

/** The end of one sentence and the beginning of the next have the form of a plate. */
const PLATE_BY_CHANCE = [
  'social security 536 22 8726',
  'DBS, 196800306E',
  'Schreib an maria.keller+shop@posteo.de, bitte.',
];

test('what the rules would find in all of a text is found, though they look at parts of it only', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...sentences), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(' ', '\n', ' — ', '。'),
      (parts, glue) => {
        const text = parts.join(glue);
        const found = new Set(candidates(text, 0).map(({ type, start, end }) => `${type} ${start}-${end}`));
        for (const { type, rules } of RECOGNISERS)
          for (const rule of rules)
            for (const place of plainly(text, rule))
              if (!found.has(`${type} ${place}`)) {
                const [start, end] = place.split('-').map(Number);
                expect.fail(`${type} ${text.slice(start, end)} of ${rule.pattern.source} in ${text}`);
              }
      },
    ),
    { numRuns: 150, examples: [[PLATE_BY_CHANCE, ' ']] },
  );
});
