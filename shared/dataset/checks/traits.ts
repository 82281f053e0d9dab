/** What checks over all rows need to know of one: a few numbers, so that a million rows fit into memory. */
import type { Message } from '../../contracts/row.ts';
import { hashText } from './hash.ts';
import { addLetters, SCRIPTS } from './scan.ts';
import { areKindred } from './scripts.ts';
import type { RowView, Text } from './view.ts';

const LONGEST_LABEL = 40;

/** Hashes have 32 bits; 0 = there is none. */
export const traitColumns = (n: number) => ({
  /** the answer that is learnt, the one that is not, and a short answer by its letters alone */
  chosen: new Uint32Array(n),
  rejected: new Uint32Array(n),
  label: new Uint32Array(n),
  /** the system message as it is, and by its letters alone */
  system: new Uint32Array(n),
  systemLetters: new Uint32Array(n),
  /** the names at the top of a JSON answer */
  jsonKeys: new Uint32Array(n),
  /** UTF-16 units of all questions and of the last answer */
  promptLength: new Uint32Array(n),
  answerLength: new Uint32Array(n),
  /** 1 + number of the script that most letters are of, 0 where there are few letters or none prevails */
  promptScript: new Uint8Array(n),
  answerScript: new Uint8Array(n),
  /** bits of `IS` */
  is: new Uint8Array(n),
});
export type TraitColumns = ReturnType<typeof traitColumns>;
export type Traits = Readonly<Record<keyof TraitColumns, number>>;

/** What can be so or not so. */
export const IS = {
  /** the answer is JSON, bare or in a block of code; or was meant to be */
  json: 1,
  fenced: 2,
  brokenJson: 4,
  /** question and answer are of two scripts, and the prompt speaks of languages, translation or code */
  translating: 8,
  /** the answer thinks before it speaks */
  thinking: 16,
  /** the last character ends a sentence, a bracket, … */
  ended: 32,
  number: 64,
} as const;

export const putTraits = (columns: TraitColumns, row: number, traits: Traits): void => {
  columns.chosen[row] = traits.chosen;
  columns.rejected[row] = traits.rejected;
  columns.label[row] = traits.label;
  columns.system[row] = traits.system;
  columns.systemLetters[row] = traits.systemLetters;
  columns.jsonKeys[row] = traits.jsonKeys;
  columns.promptLength[row] = traits.promptLength;
  columns.answerLength[row] = traits.answerLength;
  columns.promptScript[row] = traits.promptScript;
  columns.answerScript[row] = traits.answerScript;
  columns.is[row] = traits.is;
};

const FEWEST_LETTERS = 12;
const PREVAILS = 0.7;
const HAN = SCRIPTS.indexOf('han');

/** Letters of several texts, by script. */
const letterSums = new Float64Array(SCRIPTS.length);

/** The script that prevails in some of the texts. */
const scriptOf = (texts: readonly Text[], wanted: (text: Text) => boolean): number => {
  letterSums.fill(0);
  for (const text of texts) if (wanted(text)) addLetters(letterSums, text.scan);
  const han = letterSums[HAN]!;
  let all = 0;
  for (const sum of letterSums) all += sum;
  // a Chinese character says as much as a few letters
  if (all + 3 * han < FEWEST_LETTERS) return 0;
  const least = (all + han) * PREVAILS;
  return 1 + letterSums.findIndex((sum, i) => sum * (i === HAN ? 2 : 1) > least);
};

const TRANSLATES =
  /translat|\b(?:in|into|to) (?:english|chinese|french|german|spanish|japanese|korean|russian|arabic|italian|portuguese|hindi|latin)\b|\blanguage\b|\bcode\b|\bprogram|python|javascript|\bsql\b|代码|编程|程序|函数|列表|\bnames?\b|字符串|html|标签|翻译|译成|译为|英文|英语|中文|汉语|日语|法语|俄语|перевед|перевод|по-английски|翻訳|번역/i;

const FENCED = /^```(?:json)?\s*\n([^]*?)\n?```$/;

type Json = { readonly is: number; readonly jsonKeys: number };
const NO_JSON: Json = { is: 0, jsonKeys: 0 };

const meant = (text: string): Json =>
  /^\{\s*["'}]|^\[\s*[{["'\]\d-]/.test(text) ? { is: IS.brokenJson, jsonKeys: 0 } : NO_JSON;

/** JSON that an answer is, or was meant to be. */
const jsonOf = (answer: string): Json => {
  const fenced = answer.startsWith('```') ? FENCED.exec(answer)?.[1]?.trim() : undefined;
  const text = fenced ?? answer;
  const opens = text.startsWith('{') || text.startsWith('[');
  if (!opens || text.length > 200_000) return NO_JSON;
  const closes = text.endsWith('}') || text.endsWith(']');
  if (!closes) return meant(text); // to try it would cost an exception
  try {
    const value: unknown = JSON.parse(text);
    const keys = Array.isArray(value) ? ['[]'] : Object.keys(value as object);
    return {
      is: fenced === undefined ? IS.json : IS.json | IS.fenced,
      jsonKeys: hashText(keys.toSorted().join('\n')),
    };
  } catch {
    return meant(text);
  }
};

const lettersOnly = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');

/** A Chinese character says as much as a few letters. */
const isShort = (text: string): boolean =>
  text.length <= LONGEST_LABEL &&
  text.length + (text.match(/\p{Script=Han}/gu) ?? []).length <= LONGEST_LABEL;

const NUMBER = /^[-+$€£¥]?\d[\d.,]*\s?%?$/;

const hashOfTurns = (messages: readonly Message[]): number =>
  messages.reduce((hash, { content, tool_calls }) => {
    const calls = tool_calls ? JSON.stringify(tool_calls) : '';
    return hashText(`${content ?? ''}${calls}`, hash);
  }, 0);

const NOTHING: Traits = {
  chosen: 0,
  rejected: 0,
  label: 0,
  system: 0,
  systemLetters: 0,
  jsonKeys: 0,
  promptLength: 0,
  answerLength: 0,
  promptScript: 0,
  answerScript: 0,
  is: 0,
};

let known: { readonly text: string; readonly hashes: Pick<Traits, 'system' | 'systemLetters'> } | null = null;
/** Most rows have the same system message as the row before. */
const systemOf = (messages: readonly Message[]): Pick<Traits, 'system' | 'systemLetters'> => {
  const text = messages[0]?.role === 'system' ? (messages[0].content ?? '') : '';
  if (known?.text === text) return known.hashes;
  const hashes =
    text.trim() === ''
      ? { system: 0, systemLetters: 0 }
      : { system: hashText(text), systemLetters: hashText(lettersOnly(text.slice(0, 2000))) };
  known = { text, hashes };
  return hashes;
};

const flagsOf = (answer: Message | undefined, trimmed: string, texts: readonly Text[]): number => {
  const translating = texts.some(
    ({ role, text }) => (role === 'user' || role === 'system') && TRANSLATES.test(text.slice(0, 600)),
  );
  return (
    (translating ? IS.translating : 0) |
    (answer?.reasoning_content !== undefined || trimmed.startsWith('<think>') ? IS.thinking : 0) |
    (/[^\p{L}\p{N}]$/u.test(trimmed.slice(-2)) ? IS.ended : 0) |
    (NUMBER.test(trimmed.slice(0, LONGEST_LABEL)) ? IS.number : 0)
  );
};

export const traitsOf = ({ row, texts }: RowView): Traits => {
  if (row.kind === 'text')
    return {
      ...NOTHING,
      answerLength: row.text.length,
      answerScript: scriptOf(texts, () => true),
    };
  const last = row.messages.findLastIndex(({ role }) => role === 'assistant');
  const index = row.kind === 'preference' ? row.messages.length : last; // of the answer among all texts
  const answer = row.kind === 'preference' ? row.chosen[0] : row.messages[last];
  const trimmed = (answer?.content ?? '').trim();
  const isLabel = !answer?.tool_calls && trimmed !== '' && isShort(trimmed);
  const { is, jsonKeys } = jsonOf(trimmed);
  const isAsked = ({ role, message }: Text): boolean => role === 'user' && message < index;
  const promptScript = scriptOf(texts, isAsked);
  const answerScript = scriptOf(texts, ({ message, part }) => message === index && part === 'content');
  // where both are of one script nobody asks why they differ
  const excuses = areKindred(promptScript, answerScript) ? [] : texts;
  return {
    chosen: answer ? hashOfTurns(row.kind === 'preference' ? row.chosen : [answer]) : 0,
    rejected: row.kind === 'preference' ? hashOfTurns(row.rejected) : 0,
    label: isLabel ? hashText(lettersOnly(trimmed) || trimmed) : 0,
    ...systemOf(row.messages),
    jsonKeys,
    promptLength: texts.reduce((n, text) => (isAsked(text) ? n + text.text.length : n), 0),
    answerLength: answer?.content?.length ?? 0,
    promptScript,
    answerScript,
    is: is | flagsOf(answer, trimmed, excuses),
  };
};
