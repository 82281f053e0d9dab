/** Tools and calls in the spellings that datasets have. */
import type { Message } from '../../contracts/row.ts';
import { excerptOf, isAbsent, isFields, step, type Fields } from '../place.ts';
import type { Reader } from './shape.ts';

export type Call = NonNullable<Message['tool_calls']>[number];

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A list of function schemas, also as JSON text. Bare functions are wrapped as OpenAI writes them. */
export const readTools = (r: Reader, value: unknown, pointer: string): readonly Fields[] => {
  if (isAbsent(value) || value === '') return [];
  const list = typeof value === 'string' ? parsed(value) : value;
  if (!Array.isArray(list) || !list.every(isFields)) {
    r.report('tools_not_json', pointer, excerptOf(value));
    return [];
  }
  return list.map((tool) => (isFields(tool['function']) ? tool : { type: 'function', function: tool }));
};

const argumentsText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? {});

/** One `{ name, arguments }`; arguments given as an object become the JSON text that OpenAI's form has. */
const readFunction = (r: Reader, value: unknown, pointer: string): Call['function'] | null => {
  if (!isFields(value)) {
    r.wrong(pointer, value);
    return null;
  }
  const given = value['arguments'];
  if (given !== undefined && given !== null && typeof given !== 'string' && !isFields(given)) {
    r.wrong(`${pointer}/arguments`, given);
  }
  return { name: r.text(value['name'], `${pointer}/name`), arguments: argumentsText(given) };
};

/** `tool_calls` of a message, or the `function_call` that came before it. */
export const readCalls = (r: Reader, message: Fields, at: string): readonly Call[] => {
  if (!isAbsent(message['function_call'])) {
    const called = readFunction(r, message['function_call'], `${at}/function_call`);
    return called ? [{ type: 'function', function: called }] : [];
  }
  if (isAbsent(message['tool_calls'])) return [];
  return r.list(message['tool_calls'], `${at}/tool_calls`).flatMap((call, i) => {
    const pointer = `${at}/tool_calls${step(i)}`;
    if (!isFields(call)) {
      r.wrong(pointer, call);
      return [];
    }
    // as chat templates read them, a call may also stand without `function` around it
    const bare = call['function'] === undefined && typeof call['name'] === 'string';
    const called = bare
      ? readFunction(r, call, pointer)
      : readFunction(r, call['function'], `${pointer}/function`);
    const id = isAbsent(call['id']) ? {} : { id: r.text(call['id'], `${pointer}/id`) };
    return called ? [{ ...id, type: 'function' as const, function: called }] : [];
  });
};

/** Calls as JSON text of one `{ name, arguments }` or a list of them, null where the text is none. */
export const callsOf = (text: unknown): readonly Call[] | null => {
  const value = typeof text === 'string' ? parsed(text) : undefined;
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0 || !list.every((call) => isFields(call) && typeof call['name'] === 'string'))
    return null;
  return (list as readonly Fields[]).map((call) => ({
    type: 'function',
    function: { name: String(call['name']), arguments: argumentsText(call['arguments']) },
  }));
};

/** ShareGPT's call. */
export const readCallText = (r: Reader, text: string, pointer: string): readonly Call[] => {
  const calls = callsOf(text);
  if (!calls) r.report('call_not_json', pointer, excerptOf(text));
  return calls ?? [];
};
