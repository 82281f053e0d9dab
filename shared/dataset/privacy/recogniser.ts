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
  /** how sure where it is all of the text, as a cell of a table is (absent: as by its form) */
  readonly alone?: number;
  /** what the form cannot say: false = not one; a number = how sure, whatever stands around it */
  judge?(value: string, match: RegExpExecArray): boolean | number;
  /** where in the match the value is, if it is neither the match nor group 1; null = nowhere */
  within?(match: RegExpExecArray): readonly [start: number, end: number] | null;
};

export type Recogniser = {
  readonly type: PersonalType;
  readonly rules: readonly Rule[];
  /** words that make a match likelier */
  readonly context?: Pick<RegExp, 'test'>;
  /** what says right before a match that it is something else */
  readonly against?: RegExp;
  /** what says so right after it */
  readonly unlessBefore?: RegExp;
  /** Another value of the same form, which is nobody's as far as that can be had. */
  substitute(value: string, draw: Draw): string;
};

/** What stands before a number that is a term of a sum, or what came out of it, and not somebody's. */
const ARITHMETIC =
  /(?:(?:^|[\d\s)])[=+*/^×÷]|[=+*/^×÷(\d] ?-)\s*-?\s*$|(?:product|sum|total|quotient|difference|result|equals|结果|等于|乘积|总和|合计|总计|共计)\s*(?:is|为|是)?[:：]?\s*$/;
/** … or counts orders, goods, money and time. */
const COUNTED =
  /(?:订单|单号|流水|运单|工单|快递|时间戳|版本|order|invoice|tracking|ticket|\bsku|serial|isbn|issn|\bupc|\bean|timestamp|version|\$|¥|￥|€|£)\s*(?:号码?|no\.?|number|num|id|#)?\s*(?:is|of|为|是)?[:：#=]?\s*$/;
export const NOBODYS = new RegExp(`${ARITHMETIC.source}|${COUNTED.source}`, 'i');

/** What stands after a number that is an amount of something. */
export const UNIT =
  /^\s?(?:[%％‰°]|[百千万亿]*(?:元|美元|美金|人民币|日元|欧元|米|公里|千米|吨|公斤|千克|毫秒|秒|人|字节|次|件|册)|(?:USD|EUR|GBP|CNY|RMB|JPY|dollars?|euros?|pounds?|yen|km|kg|ms|milliseconds?|seconds?|bytes?|[KMGT]B|px|people|copies|parameters|tokens|times|in (?:seconds|milliseconds))\b)/;

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

/** The share of the value that stays the more, the longer nothing that fits is drawn. */
const share = (tries: number): number => (tries < TRIES / 2 ? 0 : tries < (3 * TRIES) / 4 ? 0.25 : 0.5);

/** Scrambled after the first `kept` characters until the surest rules that accept the value accept it as well. */
export const alike = (rules: readonly Rule[], value: string, draw: Draw, kept = 0): string => {
  const fitting = rules.filter((rule) => accepts(rule, value));
  const most = Math.max(...fitting.map(({ confidence }) => confidence));
  const surest = fitting.filter(({ confidence }) => confidence === most);
  let drawn = scrambled(value, draw, kept);
  for (let i = 0; i < TRIES; i++) {
    if (drawn !== value && surest.every((rule) => accepts(rule, drawn))) return drawn;
    drawn = scrambled(value, draw, Math.max(kept, Math.floor(share(i) * value.length)));
  }
  return drawn;
};
