/** How sure a number of somebody's is without and with a word for it: by how often chance makes one of its form. */
import type { Rule } from '../recogniser.ts';

type Sure = Pick<Rule, 'confidence' | 'alone' | 'inContext'>;

/** One token in so many of the same length and kinds of characters would pass. */
export const ODDS = {
  /** thousands: a date and a check digit, or letters and digits in an order of their own and a check digit */
  thousands: { confidence: 0.6, alone: 0.8, inContext: 0.95 },
  /** hundreds: two check digits, or a date and one */
  hundreds: { confidence: 0.35, alone: 0.5, inContext: 0.9 },
  /** tens, of digits alone: one check digit */
  tens: { confidence: 0.2, alone: 0.35, inContext: 0.85 },
  /** no check digit, but written as little else is */
  form: { confidence: 0.35, alone: 0.4, inContext: 0.85 },
  /** no check digit, and much else is written so */
  shared: { confidence: 0.15, alone: 0.25, inContext: 0.8 },
  /** says nothing without a word */
  digits: { confidence: 0, inContext: 0.6 },
} as const satisfies Record<string, Sure>;

const plain = (value: string): string => value.replaceAll(/[^\dA-Za-z]/g, '').toUpperCase();

type Written = Pick<Rule, 'needs' | 'hints'> & { readonly source: string; readonly flags?: string };
/** whether a value fits, of its digits and capital letters alone */
export type Fits = (bare: string) => boolean;

/** A number by its form, odds and check; never the same character all over. */
export const numberRule = (
  { source, flags = 'gi', ...looked }: Written,
  sure: Sure,
  fits: Fits = () => true,
): Rule => ({
  ...looked,
  pattern: new RegExp(`(?<![\\w.-])(?:${source})(?![\\w-])`, flags),
  ...sure,
  within: ({ index, 0: text }) => [index, index + text.length],
  judge: (value) => {
    const bare = plain(value);
    return !/^(.)\1*$/.test(bare) && fits(bare);
  },
});
