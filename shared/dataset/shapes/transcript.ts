/** Dialogues written as one text, as Anthropic's HH-RLHF has them: `\n\nHuman: …\n\nAssistant: …`. */
import { turn, type Turn } from './shape.ts';

const TURN = /(?:^|\n\n)\s*(Human|Assistant):[ \t]?/g;

/** The turns of such a text, null where it is another one. */
export const readTranscript = (text: unknown, origin: string): readonly Turn[] | null => {
  if (typeof text !== 'string' || !/^\s*Human:/.test(text)) return null;
  const marks = [...text.matchAll(TURN)];
  return marks.map((mark, i) =>
    turn(
      mark[1] === 'Human' ? 'user' : 'assistant',
      text.slice(mark.index + mark[0].length, marks[i + 1]?.index),
      origin,
    ),
  );
};
