/** All checks, in the order in which they look: the first error decides a row's fate. */
import { PROBLEMS, type Kind } from '../problems.ts';
import { answerFirst } from './answer-first.ts';
import { answersEqual } from './answers-equal.ts';
import { argumentsNotJson } from './arguments-not-json.ts';
import type { RowCheck, SetCheck } from './check.ts';
import { emptyAnswer } from './empty-answer.ts';
import { emptyPrompt } from './empty-prompt.ts';
import { emptyText } from './empty-text.ts';
import { exactDuplicate } from './exact-duplicate.ts';
import { heldOutLeak } from './held-out-leak.ts';
import { lastNotAssistant } from './last-not-assistant.ts';
import { loneSurrogate } from './lone-surrogate.ts';
import { mostlyBadRows } from './mostly-bad-rows.ts';
import { nearDuplicate } from './near-duplicate.ts';
import { nearOverlap } from './near-overlap.ts';
import { noAssistant } from './no-assistant.ts';
import { noValidRows } from './no-valid-rows.ts';
import { nothingWeighted } from './nothing-weighted.ts';
import { oneLabel } from './one-label.ts';
import { onlySpecialTokens } from './only-special-tokens.ts';
import { orphanToolResult } from './orphan-tool-result.ts';
import { placeholder } from './placeholder.ts';
import { promptEndsWithAnswer } from './prompt-ends-with-answer.ts';
import { rowTooLong } from './row-too-long.ts';
import { sameRoleTwice } from './same-role-twice.ts';
import { systemNotFirst } from './system-not-first.ts';
import { tooFewRows } from './too-few-rows.ts';
import { trainValidOverlap } from './train-valid-overlap.ts';

/** Errors before drops: what has an error is quarantined, whatever else is true of it. */
export const ROW_CHECKS: readonly RowCheck[] = [
  noAssistant,
  lastNotAssistant,
  systemNotFirst,
  orphanToolResult,
  argumentsNotJson,
  promptEndsWithAnswer,
  answersEqual,
  loneSurrogate,
  emptyPrompt,
  emptyAnswer,
  emptyText,
  nothingWeighted,
  onlySpecialTokens,
  rowTooLong,
  sameRoleTwice,
  answerFirst,
  placeholder,
];

export const SET_CHECKS: readonly SetCheck[] = [
  trainValidOverlap,
  exactDuplicate,
  nearOverlap,
  nearDuplicate,
  mostlyBadRows,
  tooFewRows,
  noValidRows,
  oneLabel,
];

/** Look at all rows once each has its fate. */
export const SPLIT_CHECKS: readonly SetCheck[] = [heldOutLeak];

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...Object.entries(PROBLEMS),
  ...[...ROW_CHECKS, ...SET_CHECKS, ...SPLIT_CHECKS].map((check) => [check.code, check] as const),
]);

/** Every code, in an order that all threads of one version share. */
export const CODES: readonly string[] = [...KINDS.keys()];

/** What a problem of this code means. Throws TypeError for a code that no table has. */
export const kindOf = (code: string): Kind => {
  const kind = KINDS.get(code);
  if (!kind) throw new TypeError(`No problem is called ${code}`);
  return kind;
};
