/** A prompt and its completion, under any of the names that tables have: texts, messages as TRL allows them, or lists
 *  of texts that take turns. */
import { candidates, namesOf, type Side } from '../columns.ts';
import { clip, isAbsent, isFields, step, type Fields } from '../place.ts';
import { readAnswer, readDialogue } from './dialogue.ts';
import {
  conversation,
  opening,
  placed,
  reader,
  turn,
  type Placed,
  type Reader,
  type ShapeReader,
} from './shape.ts';
import { callsOf, readTools, type Call } from './tools.ts';

/** xLAM's `answers` are calls of the tools beside them. */
const keysOf = (value: Fields, side: Side): readonly string[] => {
  const found = candidates(value, side);
  const called = side === 'completion' && found.length === 0 && !isAbsent(value['tools']);
  return called && callsOf(value['answers']) ? ['answers'] : found;
};

const keyOf = (r: Reader, value: Fields, side: Side): string => {
  const [key, ...more] = keysOf(value, side);
  if (key === undefined)
    r.report('missing_column', step(side), clip(`found ${Object.keys(value).join(', ')}`));
  else if (more.length > 0) r.report('ambiguous_columns', step(key), clip([key, ...more].join(', ')));
  return key ?? side;
};

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === 'string');

/** Chinese-Vicuna's dialogues: all questions in one list, all answers in another. */
const readRounds = (
  asked: readonly [key: string, texts: readonly string[]],
  answered: readonly [key: string, texts: readonly string[]],
): readonly Placed[] =>
  asked[1].flatMap((question, i) => [
    placed(turn('user', question, step(asked[0]) + step(i))),
    placed(turn('assistant', answered[1][i]!, step(answered[0]) + step(i))),
  ]);

/** The text that a question is about; under the later names only beside what is called a question. */
const CONTEXTS = ['context', 'passage', 'article'];

/** The question, with the text that it is about where there is one. */
const readQuestion = (r: Reader, value: Fields, key: string): readonly Placed[] => {
  if (Array.isArray(value[key]) && !isTexts(value[key])) return readDialogue(r, value[key], step(key));
  const beside = /^quest|^query/i.test(key.trim()) ? CONTEXTS : CONTEXTS.slice(0, 1);
  const about = beside.find((name) => name !== key && !isAbsent(value[name]));
  const context = about === undefined ? '' : r.text(value[about], step(about));
  const question = r.text(value[key], step(key));
  return [placed(turn('user', context === '' ? question : `${question}\n${context}`, step(key)))];
};

const calling = (calls: readonly Call[], key: string): Placed => ({
  message: { role: 'assistant', content: null, tool_calls: [...calls] },
  at: () => step(key),
});

/** Names of a side or of a text that are not read, since another one is. */
const remark = (r: Reader, value: Fields, ...read: readonly string[]): void => {
  const names = new Set<string>([...namesOf('prompt'), ...namesOf('completion'), 'answers']);
  for (const name of CONTEXTS) names.delete(name);
  const others = Object.keys(value).filter(
    (key) => names.has(key.trim().toLowerCase()) && !read.includes(key) && !isAbsent(value[key]),
  );
  if (others.length > 0) r.report('unused_keys', '', clip(others.join(', ')));
};

export const promptCompletion: ShapeReader = {
  name: 'prompt-completion',
  keys: [
    ...namesOf('prompt'),
    ...namesOf('completion'),
    'answers',
    ...CONTEXTS,
    'system',
    'history',
    'tools',
  ],
  needs: '`prompt` and `completion` (or question and answer, query and response, input and output)',
  match: (value) => (keysOf(value, 'prompt').length > 0 && keysOf(value, 'completion').length > 0 ? 1 : 0),
  toRow(value) {
    const r = reader();
    const [asked, answered] = [keyOf(r, value, 'prompt'), keyOf(r, value, 'completion')];
    if (r.defects.length > 0) return { row: null, defects: r.defects, pointer: () => '' };
    remark(r, value, asked, answered);
    const start = opening(r, value).map(placed);
    const tools = readTools(r, value['tools'], '/tools');
    const calls = tools.length > 0 ? callsOf(value[answered]) : null;
    if (calls)
      return conversation(r, [...start, ...readQuestion(r, value, asked), calling(calls, answered)], tools);
    const [questions, answers] = [value[asked], value[answered]];
    if (isTexts(questions) && isTexts(answers) && questions.length === answers.length)
      return conversation(r, [...start, ...readRounds([asked, questions], [answered, answers])], tools);
    const answer =
      Array.isArray(answers) && !answers.some(isFields)
        ? [placed(turn('assistant', r.text(answers, step(answered)), step(answered)))]
        : readAnswer(r, answers, step(answered));
    return conversation(r, [...start, ...readQuestion(r, value, asked), ...answer], tools);
  },
};
