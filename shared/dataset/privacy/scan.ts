/** What personal data and secrets stand in a text, and where. */
import type { PersonalType } from '../../contracts/privacy.ts';
import { RECOGNISERS } from './index.ts';
import type { Recogniser, Rule } from './recogniser.ts';
import { windowsOf } from './spots.ts';
import { leastRun } from './least-run.ts';
import { longestRun, lookAt } from './look.ts';

export type Finding = {
  readonly type: PersonalType;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
};

/** characters before and after a match among which a context word counts */
const [BEFORE, AFTER] = [48, 24];
const RAISED = 0.35;
const MOST = 0.95;

const before = (text: string, start: number, key: string): string =>
  (start < BEFORE ? `${key}: ` : '') + text.slice(Math.max(0, start - BEFORE), start);

/** What stands around a place. Words inside our own placeholders say nothing. */
const around = (text: string, start: number, end: number, key: string): string =>
  `${before(text, start, key)} ${text.slice(end, end + AFTER)}`.replaceAll(/\[[A-Z_]+\]/g, ' ');

/** The surest that a match of a rule can be beside a context word. */
const raised = ({ context }: Recogniser, { confidence, inContext }: Rule): number =>
  context ? Math.max(confidence, inContext ?? Math.min(MOST, confidence + RAISED)) : confidence;

/** Without context: by its form, or as all of the text. */
const bare = ({ confidence, alone = 0 }: Rule, isAlone: boolean): number =>
  isAlone ? Math.max(confidence, alone) : confidence;

/** quotes, brackets and a full stop around a value, at most */
const AROUND = 8;
/** longer texts are no single value that would not be sure by its form */
const SHORT = 40;
const WORDLESS = /^[^\p{L}\p{N}]*$/u;

/** Whether nothing else is in the text that a reader would call a word or a number, and no key names it. */
const isAlone = (text: string, start: number, end: number, key: string): boolean =>
  key === '' &&
  text.length < SHORT &&
  text.length - (end - start) <= AROUND &&
  WORDLESS.test(text.slice(0, start)) &&
  WORDLESS.test(text.slice(end));

type Part = { readonly text: string; readonly key: string; readonly from: number; readonly to: number };

const placeOf = (rule: Rule, match: RegExpExecArray): readonly [number, number] | null => {
  if (rule.within) return rule.within(match);
  const end = match.index + match[0].length;
  return [match[1] === undefined ? match.index : end - match[1].length, end];
};

/** What the words around a place say of it to a recogniser: most of its rules that match do so in the same place. */
type Said = { readonly elsewise: boolean; readonly context: boolean };
let lately: {
  recogniser: Recogniser;
  text: string;
  key: string;
  start: number;
  end: number;
  said: Said;
} | null = null;

const saidOf = (recogniser: Recogniser, { text, key }: Part, start: number, end: number): Said => {
  if (
    lately?.recogniser === recogniser &&
    lately.start === start &&
    lately.end === end &&
    lately.text === text &&
    lately.key === key
  )
    return lately.said;
  const elsewise =
    recogniser.unlessBefore?.test(text.slice(end, end + 20)) === true ||
    recogniser.against?.test(before(text, start, key)) === true;
  const context = !elsewise && recogniser.context?.test(around(text, start, end, key)) === true;
  lately = { recogniser, text, key, start, end, said: { elsewise, context } };
  return lately.said;
};

const confidenceOf = (
  { recogniser, rule }: Row,
  given: number | true,
  where: Part,
  start: number,
  end: number,
): number => {
  const { elsewise, context } = saidOf(recogniser, where, start, end);
  if (elsewise) return Math.min(0.1, rule.confidence);
  if (given !== true) return given;
  return context ? raised(recogniser, rule) : bare(rule, isAlone(where.text, start, end, where.key));
};

type Row = {
  readonly recogniser: Recogniser;
  readonly rule: Rule;
  /** of so many digits in a row at least */
  readonly run: number;
  /** so many rules of the recogniser are in the group that a look for its context first saves time */
  readonly many: boolean;
};
/** The rules of one and the same need, need by need. */
type Groups = { readonly needs: Int32Array; readonly rows: readonly (readonly Row[])[] };

const MANY = 5;

const GROUPS = new Map<number, Groups>();

/** The rules that can be so sure, by what they need. */
const groupsFor = (least: number): Groups => {
  const known = GROUPS.get(least);
  if (known) return known;
  const byNeeds = new Map<number, Row[]>();
  for (const recogniser of RECOGNISERS)
    for (const rule of recogniser.rules)
      if (Math.max(raised(recogniser, rule), rule.alone ?? 0) >= least)
        byNeeds.set(rule.needs, [
          ...(byNeeds.get(rule.needs) ?? []),
          { recogniser, rule, run: leastRun(rule.pattern), many: false },
        ]);
  const groups = {
    needs: Int32Array.from(byNeeds.keys()),
    rows: Array.from(byNeeds.values(), (rows) =>
      rows.map((row) => ({
        ...row,
        many: rows.filter(({ recogniser }) => recogniser === row.recogniser).length > MANY,
      })),
    ),
  };
  GROUPS.set(least, groups);
  return groups;
};

/** The matches of one rule in a part of the text. */
const matchesIn = (where: Part, part: string, row: Row, least: number, found: Finding[]): void => {
  const { recogniser, rule } = row;
  const { pattern } = rule;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(part); match; match = pattern.exec(part)) {
    if (match[0] === '') pattern.lastIndex += 1;
    const place = placeOf(rule, match);
    const given = place && (rule.judge?.(part.slice(...place), match) ?? true);
    if (!place || given === false || given === null) continue;
    const [start, end] = [where.from + place[0], where.from + place[1]];
    const confidence = confidenceOf(row, given, where, start, end);
    if (confidence >= least && confidence > 0) found.push({ type: recogniser.type, start, end, confidence });
  }
};

const searchPart = (place: Part, rows: readonly Row[], least: number, found: Finding[]): void => {
  const { text, key, from, to } = place;
  const part = to - from === text.length ? text : text.slice(from, to);
  let wide: string | null = null;
  let [asked, answer]: [Recogniser | null, boolean] = [null, false];
  const most = longestRun();
  for (const row of rows) {
    const { recogniser, rule, run, many } = row;
    if (run > most) continue;
    if (rule.hints && !rule.hints.some((hint) => part.includes(hint))) continue;
    if (many && recogniser.context && bare(rule, text.length < SHORT) < least) {
      if (asked !== recogniser) {
        wide ??= `${around(text, from, to, key)} ${part}`;
        [asked, answer] = [recogniser, recogniser.context.test(wide)];
      }
      if (!answer) continue;
    }
    matchesIn(place, part, row, least, found);
  }
};

/** A letter after a backslash is half of an escape (`\n`) in code or JSON: not of the value. */
const unescaped = (text: string, finding: Finding): Finding =>
  text[finding.start - 1] === '\\' && /[nrtbf]/.test(text[finding.start]!)
    ? { ...finding, start: finding.start + 1 }
    : finding;

/** The surest first, then the longest; what overlaps one of them is part of it or a mistake. */
const best = (overlapping: readonly Finding[]): readonly Finding[] => {
  if (overlapping.length < 2) return overlapping;
  const from = overlapping[0]!.start;
  const covered = new Uint8Array(overlapping.reduce((last, { end }) => Math.max(last, end), 0) - from);
  const taken: Finding[] = [];
  const ranked = overlapping.toSorted(
    (a, b) => b.confidence - a.confidence || b.end - b.start - (a.end - a.start),
  );
  for (const next of ranked) {
    const own = covered.subarray(next.start - from, next.end - from);
    if (own.includes(1)) continue;
    own.fill(1);
    taken.push(next);
  }
  return taken.toSorted((a, b) => a.start - b.start);
};

const resolved = (found: readonly Finding[]): readonly Finding[] => {
  if (found.length < 2) return found;
  const all: Finding[] = [];
  let chain: Finding[] = [];
  let end = 0;
  for (const next of found.toSorted((a, b) => a.start - b.start)) {
    if (next.start >= end) {
      for (const finding of best(chain)) all.push(finding);
      chain = [];
    }
    chain.push(next);
    end = Math.max(end, next.end);
  }
  return all.concat(best(chain));
};

/** All that the rules find, overlapping or not. `key` is the name that the text
 *  goes by where it is a value, such as an argument of a call. */
export const candidates = (text: string, least: number, key = ''): readonly Finding[] => {
  if (text.length < 2) return [];
  const flags = lookAt(text);
  if (flags === 0) return [];
  const found: Finding[] = [];
  const groups = groupsFor(least);
  for (let i = 0; i < groups.needs.length; i++) {
    const needs = groups.needs[i]!;
    if ((flags & needs) !== needs) continue;
    const rows = groups.rows[i]!;
    const windows = windowsOf(text, needs);
    if (!windows) searchPart({ text, key, from: 0, to: text.length }, rows, least, found);
    else for (const [from, to] of windows) searchPart({ text, key, from, to }, rows, least, found);
  }
  if (found.length === 0) return found;
  return found.map((finding) => unescaped(text, finding));
};

/** Findings of at least the confidence `least`, in order, none overlapping another. */
export const scan = (text: string, least: number, key = ''): readonly Finding[] =>
  resolved(candidates(text, least, key));
