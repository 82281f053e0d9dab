/** Prompts and answers in any spelling: text, one message, or a list of them, in OpenAI's words or in ShareGPT's. */
import { candidates } from '../columns.ts';
import { isAbsent, isFields, step, type Fields } from '../place.ts';
import { instructed } from './alpaca.ts';
import { readMessage } from './chat.ts';
import { opening, placed, turn, type Placed, type Reader } from './shape.ts';
import { readTurn } from './sharegpt.ts';
import { readTools } from './tools.ts';
import { readTranscript } from './transcript.ts';

const readOne = (r: Reader, value: unknown, at: string): readonly Placed[] => {
  if (isFields(value) && 'from' in value) return readTurn(r, value, at).map(placed);
  const message = readMessage(r, value, at);
  return message ? [{ message, at: (below) => at + below }] : [];
};

export const readDialogue = (r: Reader, value: unknown, at: string): readonly Placed[] => {
  const list = r.list(value, at);
  if (Array.isArray(value) && list.length === 0) r.report('empty_messages', at, 'a list of 0');
  return list.flatMap((entry, i) => readOne(r, entry, at + step(i)));
};

const isMessage = (value: unknown): boolean =>
  isFields(value) && ['role', 'from', 'content'].some((key) => Object.hasOwn(value, key));

/** Text is what the assistant says, unless it is a whole transcript. */
export const readAnswer = (r: Reader, value: unknown, at: string): readonly Placed[] => {
  if (Array.isArray(value)) return readDialogue(r, value, at);
  const transcript = readTranscript(value, at);
  if (transcript) return transcript.map(placed);
  return isMessage(value) ? readOne(r, value, at) : [placed(turn('assistant', r.text(value, at), at))];
};

export const LISTS = ['messages', 'conversations'] as const;

/** What stands before the answer: a list of messages, or a question under any of its names. Null where there is none. */
export const readPrompt = (r: Reader, value: Fields): readonly Placed[] | null => {
  const list = LISTS.find((key) => Object.hasOwn(value, key)) ?? 'prompt';
  if (list !== 'prompt' || Array.isArray(value['prompt'])) {
    const system = isAbsent(value['system']) || value['system'] === '' ? {} : { system: value['system'] };
    return [...opening(r, system).map(placed), ...readDialogue(r, value[list], step(list))];
  }
  if (Object.hasOwn(value, 'instruction')) return instructed(r, value).map(placed);
  const [key, ...more] = candidates(value, 'prompt');
  if (key === undefined) return null;
  if (more.length > 0) r.report('ambiguous_columns', step(key), [key, ...more].join(', '));
  return [...opening(r, value), turn('user', r.text(value[key], step(key)), step(key))].map(placed);
};

/** Keys that `readPrompt` and `toolsOf` read. */
export const PROMPT_KEYS = [
  ...LISTS,
  'prompt',
  'question',
  'query',
  'instruction',
  'input',
  'context',
  'system',
  'history',
  'tools',
  'functions',
  'parallel_tool_calls',
];

export const toolsOf = (r: Reader, value: Fields, at = ''): { tools?: Fields[] } => {
  const key = isAbsent(value['tools']) ? 'functions' : 'tools';
  const tools = readTools(r, value[key], at + step(key));
  return tools.length > 0 ? { tools: [...tools] } : {};
};
