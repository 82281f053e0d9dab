/** Rounds of a question and its answer in a list: ms-swift's `conversation` of `human` and `assistant`, XTuner's of
 *  `input` and `output`, whose first round may bring the system message. Or texts that take turns, as LIMA and UltraChat
 *  have them. */
import { isAbsent, isFields, step, type Fields } from '../place.ts';
import { ofTurns, opening, reader, turn, type Reader, type ShapeReader, type Turn } from './shape.ts';
import { ANSWERED, ASKED, TALK_KEYS, talkOf } from './talk.ts';
import { readTools } from './tools.ts';

const sideOf = (r: Reader, round: Fields, names: readonly string[], at: string) => {
  const key = names.find((name) => Object.hasOwn(round, name)) ?? names[0]!;
  return { text: r.text(round[key], at + step(key)), origin: at + step(key) };
};

const readRound = (r: Reader, round: unknown, at: string, first: boolean): readonly Turn[] => {
  if (!isFields(round)) {
    r.wrong(at, round);
    return [];
  }
  const system = first && !isAbsent(round['system']) ? r.text(round['system'], `${at}/system`) : '';
  const asked = sideOf(r, round, ASKED, at);
  const answered = sideOf(r, round, ANSWERED, at);
  return [
    ...(system === '' ? [] : [turn('system', system, `${at}/system`)]),
    turn('user', asked.text, asked.origin),
    turn('assistant', answered.text, answered.origin),
  ];
};

export const sharegptPairs: ShapeReader = {
  name: 'sharegpt-pairs',
  keys: ['conversation', 'system', 'history', 'tools'],
  alsoReads: TALK_KEYS,
  needs: 'a list `conversation` of { "human": "…", "assistant": "…" }',
  match(value) {
    const form = talkOf(value)?.form;
    // a list of texts beside a question and its answer is something else
    return form === 'rounds' ? 3.5 : form === 'texts' ? 0.8 : 0;
  },
  toRow(value) {
    const r = reader();
    const { key, form } = talkOf(value) ?? { key: 'conversation', form: 'rounds' };
    const start = opening(r, value);
    const list = r.list(value[key], step(key));
    if (Array.isArray(value[key]) && list.length === 0) r.report('empty_messages', step(key), 'a list of 0');
    const alone = start.length === 0;
    const rounds = list.flatMap((round, i) => {
      const at = step(key) + step(i);
      if (form !== 'texts') return readRound(r, round, at, alone && i === 0);
      return [turn(i % 2 === 0 ? 'user' : 'assistant', r.text(round, at), at)];
    });
    return ofTurns(r, [...start, ...rounds], readTools(r, value['tools'], '/tools'));
  },
};
