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
import { readTools } from './tools.ts';

const keyOf = (r: Reader, value: Fields, side: Side): string => {
  const [key, ...more] = candidates(value, side);
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

/** The question, with the text that it is about where there is one. */
const readQuestion = (r: Reader, value: Fields, key: string): readonly Placed[] => {
  if (Array.isArray(value[key]) && !isTexts(value[key])) return readDialogue(r, value[key], step(key));
  const context = isAbsent(value['context']) ? '' : r.text(value['context'], '/context');
  const question = r.text(value[key], step(key));
  return [placed(turn('user', context === '' ? question : `${question}\n${context}`, step(key)))];
};

export const promptCompletion: ShapeReader = {
  name: 'prompt-completion',
  keys: [...namesOf('prompt'), ...namesOf('completion'), 'context', 'system', 'history', 'tools'],
  needs: '`prompt` and `completion` (or question and answer, query and response, input and output)',
  match: (value) =>
    candidates(value, 'prompt').length > 0 && candidates(value, 'completion').length > 0 ? 1 : 0,
  toRow(value) {
    const r = reader();
    const [asked, answered] = [keyOf(r, value, 'prompt'), keyOf(r, value, 'completion')];
    if (r.defects.length > 0) return { row: null, defects: r.defects, pointer: () => '' };
    const start = opening(r, value).map(placed);
    const tools = readTools(r, value['tools'], '/tools');
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
