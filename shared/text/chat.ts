/** A chat as the model's own template writes it, cut into what is read and what is learnt. */
import { Template } from '@huggingface/jinja';
import type { Message, Row } from '../contracts/row.ts';
import { AppError } from '../errors.ts';
import { type CallForm, callFormOf, forTemplate, NO_CALLS } from './calls.ts';
import type { Tokenizer } from './tokenizer.ts';

export type ChatRow = Row & { kind: 'chat' };
/** A piece of a row's text. `weight` is the share of the loss of its tokens; 0 is context. */
export type Part = { readonly text: string; readonly weight: number };

/** Said instead of something, to see what depends on it: a private character, which has nothing in common with any text. */
export const ELSE = '\uE000';
const [LONGEST_INVITATION, SHORTEST_INVITATION] = [80, 4]; // characters

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

type Ready = { readonly template: Template; form: CallForm | null };
const known = new WeakMap<Tokenizer, Ready>();
const readyFor = (tokenizer: Tokenizer): Ready => {
  let ready = known.get(tokenizer);
  if (!ready) {
    try {
      const source = (tokenizer.chatTemplate ?? PLAIN).replaceAll('strftime_now', FIXED_DATE);
      ready = { template: new Template(source), form: null };
    } catch (cause) {
      throw new AppError('unsupported_model', `The base's chat template cannot be read: ${String(cause)}`, {
        cause,
      });
    }
    known.set(tokenizer, ready);
  }
  return ready;
};

type Given = { readonly messages: object[]; readonly tools: readonly object[] | null };

const render = (tokenizer: Tokenizer, { messages, tools }: Given, invite: boolean): string => {
  const { tokenVariables, addsBos, chatTemplate } = tokenizer;
  const plainBos = chatTemplate === null && !addsBos ? { bos_token: '' } : {};
  return readyFor(tokenizer).template.render({
    ...tokenVariables,
    ...plainBos,
    messages,
    tools,
    documents: null,
    add_generation_prompt: invite,
    [FIXED_DATE]: strftime,
  });
};

/** Found out once a template, where a row has calls. */
const formFor = (tokenizer: Tokenizer): CallForm => {
  const ready = readyFor(tokenizer);
  ready.form ??= callFormOf((messages, tools) => render(tokenizer, { messages, tools }, false));
  return ready.form;
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
  const read = row.messages.slice(0, count);
  try {
    const form = read.some(({ tool_calls }) => tool_calls?.length) ? formFor(tokenizer) : NO_CALLS;
    return render(tokenizer, { messages: forTemplate(read, form), tools: row.tools ?? null }, invite);
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

/** The end of the answer's invitation in `full`, where the history before it is written otherwise once the answer is there:
 *  behind the longest end of `invited` that comes before what the answer says. */
const endOfInvitation = (full: string, invited: string, said: number): number | null => {
  for (let length = Math.min(invited.length, LONGEST_INVITATION); length >= SHORTEST_INVITATION; length--) {
    const at = full.lastIndexOf(invited.slice(-length), said - length);
    if (at >= 0) return at + length;
  }
  return null;
};

/** What is read before the answer, and all from the answer on. */
const split = (tokenizer: Tokenizer, row: ChatRow, index: number): { prompt: string; tail: string } => {
  const invited = renderChat(tokenizer, row, index, true);
  const full = renderChat(tokenizer, row, index + 1, false);
  if (full.startsWith(invited)) return { prompt: invited, tail: full.slice(invited.length) };
  const same = commonPrefix(invited, full);
  // a template may invite with words that its rendered answers lack (an opened thought): what both have is the prompt
  const history = commonPrefix(invited, renderChat(tokenizer, row, index, false));
  const shared = { prompt: full.slice(0, same), tail: full.slice(same) };
  if (same > history) return shared;
  const message = { ...row.messages[index]!, content: ELSE };
  const other = { ...row, messages: row.messages.with(index, message) };
  const said = commonPrefix(full, renderChat(tokenizer, other, index + 1, false));
  const end = endOfInvitation(full, invited, said);
  if (end !== null) return { prompt: invited, tail: full.slice(end) };
  if (same === history) return shared;
  throw refused(row, 'it writes what comes before an answer otherwise once the answer is there');
};

/** The assistant's message at `index`: what it is answered to, and the answer up to its end of turn. */
export const turnAt = (tokenizer: Tokenizer, row: ChatRow, index: number): Turn => {
  const { prompt, tail } = split(tokenizer, row, index);
  const ends = tokenizer.eosIds.map((id) => tokenizer.decode([id]));
  const end = endOfTurn(tail, ends) ?? endOfTurn(tail, tokenizer.specials) ?? tail.trimEnd().length;
  const answer = tail.slice(0, end);
  for (const { function: called } of row.messages[index]!.tool_calls ?? [])
    if (!answer.includes(called.name))
      throw refused(row, `it leaves out the call of the tool ${JSON.stringify(called.name)}`);
  return { prompt, answer, full: prompt + tail };
};

const isLearnt = ({ role, weight = 1 }: Message): boolean => role === 'assistant' && weight > 0;

/** How many messages are read: those up to the last learnt answer, all where none is learnt. */
export const messagesRead = ({ messages }: ChatRow): number =>
  messages.findLastIndex(isLearnt) + 1 || messages.length;

const parts = (...all: Part[]): Part[] => all.filter(({ text }) => text !== '');

/** A sequence of the first `count` messages, of which the last one alone is learnt. */
type Apart = { readonly parts: Part[]; readonly count: number };

/** The row up to its last learnt answer; and each earlier answer that the template writes otherwise once it is history
 *  (without its thoughts, say) in a sequence of its own, in the form in which the model would be asked for it. */
export const chatSequences = (
  tokenizer: Tokenizer,
  row: ChatRow,
): { readonly whole: Part[]; readonly apart: readonly Apart[] } => {
  const last = row.messages.findLastIndex(isLearnt);
  if (last < 0)
    return {
      whole: [{ text: renderChat(tokenizer, row, row.messages.length, false), weight: 0 }],
      apart: [],
    };
  const turns = row.messages.slice(0, last + 1).flatMap((message, i) => {
    const { weight = 1 } = message;
    return isLearnt(message) ? [{ ...turnAt(tokenizer, row, i), weight, count: i + 1 }] : [];
  });
  const text = turns.at(-1)!.full;
  const whole: Part[] = [];
  const apart: Apart[] = [];
  let at = 0;
  for (const { prompt, answer, weight, count } of turns) {
    if (prompt.length < at || !text.startsWith(prompt) || !text.startsWith(answer, prompt.length)) {
      apart.push({ parts: parts({ text: prompt, weight: 0 }, { text: answer, weight }), count });
      continue;
    }
    whole.push(...parts({ text: text.slice(at, prompt.length), weight: 0 }, { text: answer, weight }));
    at = prompt.length + answer.length;
  }
  return { whole, apart };
};

/** The row up to its last learnt answer. Of earlier answers only those are learnt that stand there as they are asked for. */
export const chatParts = (tokenizer: Tokenizer, row: ChatRow): Part[] => chatSequences(tokenizer, row).whole;
