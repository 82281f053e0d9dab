/** A chat as the model's own template writes it, cut into what is read and what is learnt. */
import { Template } from '@huggingface/jinja';
import type { Message, Row } from '../contracts/row.ts';
import { AppError } from '../errors.ts';
import type { Tokenizer } from './tokenizer.ts';

export type ChatRow = Row & { kind: 'chat' };
/** A piece of a row's text. `weight` is the share of the loss of its tokens; 0 is context. */
export type Part = { readonly text: string; readonly weight: number };

/** For a base without a template: each message on lines of its own, answers ended by the end of text. */
const PLAIN =
  "{{ bos_token }}{% for m in messages %}{{ m.content }}{% if m.role == 'assistant' %}{{ eos_token }}{% endif %}{{ '\\n' }}{% endfor %}";

/** A template that prints the date prints this one: the same row has the same tokens on every day. The library keeps
 *  `strftime_now` for itself, hence another name. */
const FIXED_DATE = 'fixed_date';
const DATE_PARTS: Readonly<Record<string, string>> = {
  d: '26',
  b: 'Jul',
  B: 'July',
  m: '07',
  Y: '2024',
  y: '24',
  A: 'Friday',
  a: 'Fri',
  H: '00',
  M: '00',
  S: '00',
};
const strftime = (format: string): string =>
  format.replaceAll(/%([a-zA-Z])/g, (whole, letter: string) => DATE_PARTS[letter] ?? whole);

const parsed = new WeakMap<Tokenizer, Template>();
const templateOf = (tokenizer: Tokenizer): Template => {
  let template = parsed.get(tokenizer);
  if (!template) {
    try {
      template = new Template((tokenizer.chatTemplate ?? PLAIN).replaceAll('strftime_now', FIXED_DATE));
    } catch (cause) {
      throw new AppError('unsupported_model', `The base's chat template cannot be read: ${String(cause)}`, {
        cause,
      });
    }
    parsed.set(tokenizer, template);
  }
  return template;
};

/** Templates print arguments as JSON, so they are given values; what is not JSON stays text. */
const argumentsOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const forTemplate = ({ tool_calls: calls, ...rest }: Message): object => {
  const message = Object.fromEntries(Object.entries(rest).filter(([name]) => name !== 'weight'));
  if (!calls?.length) return { ...message, content: rest.content ?? '' };
  const tool_calls = calls.map((call) => ({
    ...call,
    function: { ...call.function, arguments: argumentsOf(call.function.arguments) },
  }));
  return { ...message, tool_calls };
};

const nameOf = ({ messages }: ChatRow): string => {
  const first = messages.find(({ role }) => role === 'user') ?? messages[0]!;
  const excerpt = (first.content ?? '').slice(0, 60);
  return `the row of ${messages.map(({ role }) => role).join(', ')} that asks ${JSON.stringify(excerpt)}`;
};

const refused = (row: ChatRow, why: string, cause?: unknown): AppError =>
  new AppError('invalid_training_file', `The base's chat template refuses ${nameOf(row)}: ${why}`, {
    cause,
    hint: 'Change the row, or choose a base whose template knows such messages',
  });

/** The first `count` messages as text, then what invites an answer where `invite`. */
export const renderChat = (tokenizer: Tokenizer, row: ChatRow, count: number, invite: boolean): string => {
  const { tokenVariables, addsBos, chatTemplate } = tokenizer;
  const plainBos = chatTemplate === null && !addsBos ? { bos_token: '' } : {};
  try {
    return templateOf(tokenizer).render({
      ...tokenVariables,
      ...plainBos,
      messages: row.messages.slice(0, count).map(forTemplate),
      tools: row.tools ?? null,
      documents: null,
      add_generation_prompt: invite,
      [FIXED_DATE]: strftime,
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refused(row, error instanceof Error ? error.message : String(error), error);
  }
};

/** Where the answer ends, its end-of-turn text included: the first of the ends that only ends and space follow. */
const endOfTurn = (text: string, ends: readonly string[]): number | null => {
  let end: number | null = null;
  let rest = text.trimEnd();
  for (;;) {
    const mark = ends.find((x) => x !== '' && rest.endsWith(x));
    if (mark === undefined) return end;
    end = rest.length;
    rest = rest.slice(0, -mark.length).trimEnd();
  }
};

export const commonPrefix = (a: string, b: string): number => {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return n;
};

export type Turn = { readonly prompt: string; readonly answer: string; readonly full: string };

/** The assistant's message at `index`: what it is answered to, and the answer up to its end of turn. */
export const turnAt = (tokenizer: Tokenizer, row: ChatRow, index: number): Turn => {
  const invited = renderChat(tokenizer, row, index, true);
  const full = renderChat(tokenizer, row, index + 1, false);
  // a template may invite with words that its rendered answers lack (an opened thought): what both have is the prompt
  const prompt = full.slice(0, commonPrefix(invited, full));
  const before = row.messages[index - 1]?.content?.trim() ?? '';
  if (!full.startsWith(invited) && !prompt.includes(before))
    throw refused(row, 'it writes what comes before an answer otherwise once the answer is there');
  const tail = full.slice(prompt.length);
  const ends = tokenizer.eosIds.map((id) => tokenizer.decode([id]));
  const end = endOfTurn(tail, ends) ?? endOfTurn(tail, tokenizer.specials) ?? tail.trimEnd().length;
  const answer = tail.slice(0, end);
  for (const { function: called } of row.messages[index]!.tool_calls ?? [])
    if (!answer.includes(called.name))
      throw refused(row, `it leaves out the call of the tool ${JSON.stringify(called.name)}`);
  return { prompt, answer, full };
};

const isLearnt = ({ role, weight = 1 }: Message): boolean => role === 'assistant' && weight > 0;

/** How many messages are read: those up to the last learnt answer, all where none is learnt. */
export const messagesRead = ({ messages }: ChatRow): number =>
  messages.findLastIndex(isLearnt) + 1 || messages.length;

/** The row up to its last learnt answer. An earlier answer that the template writes otherwise once it is history
 *  (without its thoughts, say) is context: what is learnt is only what the model would be asked for. */
export const chatParts = (tokenizer: Tokenizer, row: ChatRow): Part[] => {
  const text = renderChat(tokenizer, row, messagesRead(row), false);
  if (!row.messages.some(isLearnt)) return [{ text, weight: 0 }];
  const parts: Part[] = [];
  let at = 0;
  for (const [i, message] of row.messages.slice(0, messagesRead(row)).entries()) {
    if (!isLearnt(message)) continue;
    const { prompt, answer } = turnAt(tokenizer, row, i);
    if (prompt.length < at || !text.startsWith(prompt) || !text.startsWith(answer, prompt.length)) continue;
    parts.push({ text: text.slice(at, prompt.length), weight: 0 });
    parts.push({ text: answer, weight: message.weight ?? 1 });
    at = prompt.length + answer.length;
  }
  return parts.filter((part) => part.text !== '');
};
