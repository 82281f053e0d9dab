/** All checks, in the order in which they look: the first error decides a row's fate. */
import { PROBLEMS, type Kind } from '../problems.ts';
import { answerBeginsWithPrompt } from './answer-begins-with-prompt.ts';
import { answerCopiesPrompt } from './answer-copies-prompt.ts';
import { answerFirst } from './answer-first.ts';
import { answersEqual } from './answers-equal.ts';
import { argumentsLoose } from './arguments-loose-json.ts';
import { argumentsNotJson } from './arguments-not-json.ts';
import { badToolSchema } from './bad-tool-schema.ts';
import { bidiControls } from './bidi-controls.ts';
import { carriageReturns } from './carriage-returns.ts';
import type { RowCheck, SetCheck } from './check.ts';
import { classImbalance } from './class-imbalance.ts';
import { continuesDialogue } from './continues-dialogue.ts';
import { contradictoryAnswers } from './contradictory-answers.ts';
import { contradictoryLabels } from './contradictory-labels.ts';
import { contradictoryPreferences } from './contradictory-preferences.ts';
import { controlCharacters } from './control-characters.ts';
import { copiedMarkers } from './copied-markers.ts';
import { cutAtOneLength } from './cut-at-one-length.ts';
import { duplicateCallId } from './duplicate-call-id.ts';
import { duplicateToolName } from './duplicate-tool-name.ts';
import { edgeWhitespace } from './edge-whitespace.ts';
import { emptyAnswer } from './empty-answer.ts';
import { emptyMarker } from './empty-marker.ts';
import { emptyPrompt } from './empty-prompt.ts';
import { emptySystem } from './empty-system.ts';
import { emptyText } from './empty-text.ts';
import { emptyTurn } from './empty-turn.ts';
import { encodedBlob } from './encoded-blob.ts';
import { endTokenAtEdge } from './end-token-at-edge.ts';
import { escapedNewlines } from './escaped-newlines.ts';
import { exactDuplicate } from './exact-duplicate.ts';
import { heldOutLeak } from './held-out-leak.ts';
import { fewTestRows } from './few-test-rows.ts';
import { fillInBlank } from './fill-in-blank.ts';
import { foreignIdentity } from './foreign-identity.ts';
import { hiddenText } from './hidden-text.ts';
import { htmlEntities } from './html-entities.ts';
import { htmlTags } from './html-tags.ts';
import { jsonAnswerBroken } from './json-answer-broken.ts';
import { jsonFencesDiffer } from './json-fences-differ.ts';
import { jsonKeysDiffer } from './json-keys-differ.ts';
import { judgedNotLast } from './judged-not-last.ts';
import { labelVariants } from './label-variants.ts';
import { languageMismatch } from './language-mismatch.ts';
import { lastNotAssistant } from './last-not-assistant.ts';
import { lengthOutlier } from './length-outlier.ts';
import { loneSurrogate } from './lone-surrogate.ts';
import { lookalikeLetters } from './lookalike-letters.ts';
import { lostCharacters } from './lost-characters.ts';
import { mediaToken } from './media-token.ts';
import { missingArgument } from './missing-argument.ts';
import { mojibake } from './mojibake.ts';
import { mostlyBadRows } from './mostly-bad-rows.ts';
import { nearDuplicate } from './near-duplicate.ts';
import { nearOverlap } from './near-overlap.ts';
import { noAssistant } from './no-assistant.ts';
import { noValidRows } from './no-valid-rows.ts';
import { notNormalised } from './not-normalised.ts';
import { nothingWeighted } from './nothing-weighted.ts';
import { numbersOnly } from './numbers-only.ts';
import { oneLabel } from './one-label.ts';
import { onlySpecialTokens } from './only-special-tokens.ts';
import { orphanToolResult } from './orphan-tool-result.ts';
import { placeholder } from './placeholder.ts';
import { promptEndsWithAnswer } from './prompt-ends-with-answer.ts';
import { punctuationOnly } from './punctuation-only.ts';
import { rareLabel } from './rare-label.ts';
import { rareScript } from './rare-script.ts';
import { refusal } from './refusal.ts';
import { renderedTemplate } from './rendered-template.ts';
import { repeatedText } from './repeated-text.ts';
import { repeatedTurn } from './repeated-turn.ts';
import { rolePrefix } from './role-prefix.ts';
import { rowTooLong } from './row-too-long.ts';
import { sameAnswer } from './same-answer.ts';
import { samePrompt } from './same-prompt.ts';
import { sameRoleTwice } from './same-role-twice.ts';
import { severalAnswers } from './several-answers.ts';
import { severalSystemMessages } from './several-system-messages.ts';
import { specialTokens } from './special-tokens.ts';
import { systemNearlySame } from './system-nearly-same.ts';
import { systemNotFirst } from './system-not-first.ts';
import { systemSometimes } from './system-sometimes.ts';
import { templateInPrompt } from './template-in-prompt.ts';
import { thoughtSometimes } from './thought-sometimes.ts';
import { TOKEN_CHECKS } from './token-checks.ts';
import { tooFewRows } from './too-few-rows.ts';
import { trainValidOverlap } from './train-valid-overlap.ts';
import { truncatedAnswer } from './truncated-answer.ts';
import { unansweredCall } from './unanswered-call.ts';
import { unbalancedThought } from './unbalanced-thought.ts';
import { unclosedCodeFence } from './unclosed-code-fence.ts';
import { undeclaredTools } from './undeclared-tools.ts';
import { unfinishedText } from './unfinished-text.ts';
import { unknownArgument } from './unknown-argument.ts';
import { unknownTool } from './unknown-tool.ts';
import { urlOnly } from './url-only.ts';
import { validUnlikeTrain } from './valid-unlike-train.ts';
import { weightChanges } from './weight-changes-in-turn.ts';
import { wrongArgument } from './wrong-argument.ts';
import { zeroWidth } from './zero-width.ts';

/** Errors before drops: what has an error is quarantined, whatever else is true of it. */
export const ROW_CHECKS: readonly RowCheck[] = [
  noAssistant,
  lastNotAssistant,
  judgedNotLast,
  severalSystemMessages,
  systemNotFirst,
  orphanToolResult,
  argumentsNotJson,
  argumentsLoose,
  promptEndsWithAnswer,
  answersEqual,
  loneSurrogate,
  emptyTurn,
  emptyPrompt,
  emptyAnswer,
  emptyText,
  nothingWeighted,
  onlySpecialTokens,
  rowTooLong,
  // nothing below decides a fate: turns, then tools, then what is written
  sameRoleTwice,
  weightChanges,
  answerFirst,
  emptySystem,
  repeatedTurn,
  unansweredCall,
  duplicateCallId,
  unknownTool,
  undeclaredTools,
  missingArgument,
  unknownArgument,
  wrongArgument,
  badToolSchema,
  duplicateToolName,
  mojibake,
  lostCharacters,
  controlCharacters,
  zeroWidth,
  bidiControls,
  hiddenText,
  lookalikeLetters,
  carriageReturns,
  notNormalised,
  edgeWhitespace,
  escapedNewlines,
  htmlEntities,
  htmlTags,
  endTokenAtEdge,
  specialTokens,
  renderedTemplate,
  templateInPrompt,
  rolePrefix,
  continuesDialogue,
  unbalancedThought,
  mediaToken,
  placeholder,
  fillInBlank,
  unfinishedText,
  copiedMarkers,
  refusal,
  foreignIdentity,
  punctuationOnly,
  emptyMarker,
  truncatedAnswer,
  unclosedCodeFence,
  repeatedText,
  answerCopiesPrompt,
  answerBeginsWithPrompt,
  urlOnly,
  encodedBlob,
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
  fewTestRows,
  validUnlikeTrain,
  contradictoryAnswers,
  severalAnswers,
  contradictoryLabels,
  contradictoryPreferences,
  sameAnswer,
  samePrompt,
  classImbalance,
  rareLabel,
  labelVariants,
  numbersOnly,
  jsonAnswerBroken,
  jsonFencesDiffer,
  jsonKeysDiffer,
  languageMismatch,
  rareScript,
  systemNearlySame,
  systemSometimes,
  thoughtSometimes,
  lengthOutlier,
  cutAtOneLength,
];

/** Look at all rows once each has its fate. */
export const SPLIT_CHECKS: readonly SetCheck[] = [heldOutLeak];

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...Object.entries(PROBLEMS),
  ...[...ROW_CHECKS, ...SET_CHECKS, ...SPLIT_CHECKS, ...TOKEN_CHECKS].map(
    (check) => [check.code, check] as const,
  ),
]);

/** Every code, in an order that all threads of one version share. */
export const CODES: readonly string[] = [...KINDS.keys()];

/** What a problem of this code means. Throws TypeError for a code that no table has. */
export const kindOf = (code: string): Kind => {
  const kind = KINDS.get(code);
  if (!kind) throw new TypeError(`No problem is called ${code}`);
  return kind;
};
