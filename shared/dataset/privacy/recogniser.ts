/** What a recogniser is: rows of facts about one type. A new type is a new file and its row in `index.ts`. */
import type { PersonalType } from '../../contracts/privacy.ts';
import type { Draw } from './draw.ts';

export type Rule = {
  /** flags of `triggers.ts` without which it cannot match */
  readonly needs: number;
  /** of these texts one must be there as well: cheaper to look for than the pattern */
  readonly hints?: readonly string[];
  /** global. Group 1, where there is one, is the value and ends the match. */
  readonly pattern: RegExp;
  /** how sure a match is by its form alone, 0 (no match without a context word) to 1; and with a context word near (absent: 0.35 more, at most 0.95) */
  readonly confidence: number;
  readonly inContext?: number;
  /** what the form cannot say: false = not one; a number = how sure, whatever stands around it */
  judge?(value: string, match: RegExpExecArray): boolean | number;
  /** where in the match the value is, if it is neither the match nor group 1; null = nowhere */
  within?(match: RegExpExecArray): readonly [start: number, end: number] | null;
};

export type Recogniser = {
  readonly type: PersonalType;
  readonly rules: readonly Rule[];
  /** words that make a match likelier */
  readonly context?: RegExp;
  /** what says right before a match that it is something else */
  readonly against?: RegExp;
  /** Another value of the same form, which is nobody's as far as that can be had. */
  substitute(value: string, draw: Draw): string;
};

/** What stands before a number that is a term of a sum and not somebody's. */
export const ARITHMETIC = /(?:(?:^|[\d\s)])[=+*/^×÷]|[=+*/^×÷(\d] ?-)\s*-?\s*$/;

/** A run of digits of a value, one by one replaced; all else stays. */
export const withDigits = (value: string, digits: string): string => {
  let next = 0;
  return value.replaceAll(/\d/g, (digit) => digits[next++] ?? digit);
};

/** Letters and digits replaced by others of their kind after the first `kept` characters; hexadecimal stays so. */
export const scrambled = (value: string, draw: Draw, kept = 0): string => {
  const tail = value.slice(kept);
  const letter = /[g-z]/i.test(tail) ? draw.letter : () => draw.pick([...'ABCDEF']);
  return (
    value.slice(0, kept) +
    tail
      .replaceAll(/[a-z]/g, () => letter().toLowerCase())
      .replaceAll(/[A-Z]/g, () => letter())
      .replaceAll(/\d/g, () => draw.digit())
  );
};

const accepts = ({ pattern, judge, within }: Rule, value: string): boolean => {
  pattern.lastIndex = 0;
  const match = pattern.exec(value);
  if (match?.[0] !== value || (within && within(match)?.join() !== `0,${value.length}`)) return false;
  return (judge?.(value, match) ?? true) !== false;
};

const TRIES = 4000; // a date and a check digit come by chance once in a thousand

/** Scrambled after the first `kept` characters until the rules that accept the value accept it as well. */
export const alike = (rules: readonly Rule[], value: string, draw: Draw, kept = 0): string => {
  const fitting = rules.filter((rule) => accepts(rule, value));
  let drawn = scrambled(value, draw, kept);
  for (let i = 0; i < TRIES; i++) {
    if (drawn !== value && fitting.every((rule) => accepts(rule, drawn))) return drawn;
    drawn = scrambled(value, draw, kept);
  }
  return drawn;
};
