/** Social Security numbers of the United States, by the rules for numbers that are never issued. */
import { type Recogniser, withDigits } from './recogniser.ts';
import { NINE } from './triggers.ts';

/** printed on sample cards and in instructions */
const SPECIMENS = new Set(['078051120', '219099999', '123456789', '987654320', '111223333', '123121234']);

/** https://secure.ssa.gov/poms.nsf/lnx/0110201035 */
const issued = (value: string): boolean => {
  const digits = value.replaceAll(/\D/g, '');
  if (SPECIMENS.has(digits) || /^(\d)\1+$/.test(digits)) return false;
  return !/^(?:000|666|9)/.test(digits) && digits.slice(3, 5) !== '00' && digits.slice(5) !== '0000';
};

export const usSsn: Recogniser = {
  type: 'us_ssn',
  context: /\bssn\b|\bssns?\b|social[ -]?security|soc(?:ial)? ?sec/i,
  rules: [
    {
      needs: NINE,
      pattern: /(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])/g,
      confidence: 0.6,
      inContext: 0.95,
      judge: issued,
    },
    {
      needs: NINE,
      pattern: /(?<![\w.-])\d{3}([ .])\d{2}\1\d{4}(?![\w-])/g,
      confidence: 0.5,
      inContext: 0.9,
      within: ({ index, 0: text }) => [index, index + text.length],
      judge: issued,
    },
    {
      needs: NINE,
      pattern: /(?<![\w.-])(?:\d{9}|\d{3}-\d{6}|\d{5}-\d{4})(?![\w-])/g,
      confidence: 0.1,
      inContext: 0.7,
      judge: issued,
    },
  ],
  substitute: (value, draw) =>
    withDigits(
      value,
      `${100 + draw.below(565)}${1 + draw.below(9)}${draw.digit()}${1000 + draw.below(9000)}`,
    ),
};
