/** OpenAI's reinforcement data, https://platform.openai.com/docs/guides/reinforcement-fine-tuning: messages that end
 *  with the question, and keys that a grader reads. Recognised, and refused: there is no answer to learn. */
import { clip, isAbsent, isFields, type Fields } from '../place.ts';
import { CHAT_KEYS, readChat } from './chat.ts';
import { reader, type ShapeReader } from './shape.ts';
import { talkOf } from './talk.ts';

/** Keys that rows of every shape carry beside what is learned. */
const BESIDE = new Set(
  'id ids idx index uid uuid source category categories tags meta metadata dataset split lang language model'.split(
    ' ',
  ),
);

/** What a grader would be given. */
const itemKeys = (value: Fields): readonly string[] =>
  Object.keys(value).filter(
    (key) => !CHAT_KEYS.includes(key) && !BESIDE.has(key.toLowerCase()) && !isAbsent(value[key]),
  );

const asks = (value: Fields): boolean => {
  const talk = talkOf(value);
  if (talk?.form !== 'roles' || talk.key !== 'messages' || !Array.isArray(value['messages'])) return false;
  const last: unknown = value['messages'].at(-1);
  return isFields(last) && (last['role'] === 'user' || last['role'] === 'tool');
};

export const openaiRft: ShapeReader = {
  name: 'openai-rft',
  keys: [],
  alsoReads: CHAT_KEYS,
  needs: '`messages` that end with the question, and keys for a grader',
  match: (value) => (asks(value) && itemKeys(value).length > 0 ? 4.4 : 0),
  toRow(value) {
    const r = reader();
    const { pointer } = readChat(r, value);
    r.report(
      'unsupported_shape',
      '',
      clip(`openai-rft: messages that end with the question, and ${itemKeys(value).join(', ')}`),
      'Reinforcement from a grader is not offered: end each row with the answer to imitate, or give chosen and rejected answers',
    );
    return { row: null, defects: r.defects, pointer };
  },
};
