/** Anthropic's Messages, https://docs.anthropic.com/en/api/messages: `system` beside, content as typed blocks. */
import { excerptOf, isAbsent, isFields, step, type Fields } from '../place.ts';
import { callOf, messageFrom, resultText, systemFrom, type ReadBlock } from './blocks.ts';
import { conversation, reader, type Reader, type ShapeReader } from './shape.ts';
import { readTools } from './tools.ts';

const OWN_BLOCKS: ReadonlySet<unknown> = new Set([
  'tool_use',
  'tool_result',
  'thinking',
  'redacted_thinking',
]);

const idOf = (r: Reader, block: Fields, key: string, at: string): { id?: string } =>
  isAbsent(block[key]) ? {} : { id: r.text(block[key], at + step(key)) };

const readBlock: ReadBlock = (r, block, at) => {
  switch (block['type']) {
    case 'text':
      return { kind: 'text', text: r.text(block['text'], `${at}/text`) };
    case 'thinking':
      return { kind: 'thinking', text: r.text(block['thinking'], `${at}/thinking`) };
    case 'redacted_thinking':
      return null;
    case 'tool_use':
      return callOf(r.text(block['name'], `${at}/name`), block['input'], idOf(r, block, 'id', at).id);
    case 'tool_result':
      return { kind: 'result', ...idOf(r, block, 'tool_use_id', at), text: resultText(block['content']) };
    default:
      if (['image', 'document'].includes(String(block['type'])))
        r.report('image', at, excerptOf(block['type']));
      else r.wrong(`${at}/type`, block['type']);
      return null;
  }
};

/** `{ name, description, input_schema }` → the function schema that OpenAI has. */
const readSchemas = (r: Reader, value: unknown): readonly Fields[] => {
  const list = Array.isArray(value) ? value.filter(isFields) : [];
  if (list.length === 0 || !list.every((tool) => isFields(tool['input_schema'])))
    return readTools(r, value, '/tools');
  return list.map(({ name, description, input_schema: parameters }) => ({
    type: 'function',
    function: { name, ...(isAbsent(description) ? {} : { description }), parameters },
  }));
};

const isOwn = (value: Fields): boolean => {
  const messages = Array.isArray(value['messages']) ? value['messages'].filter(isFields) : [];
  const blocks = messages.flatMap(({ content }) => (Array.isArray(content) ? content.filter(isFields) : []));
  if (messages.length === 0) return false;
  if (blocks.some(({ type, source }) => OWN_BLOCKS.has(type) || (type === 'image' && isFields(source))))
    return true;
  const tools = Array.isArray(value['tools']) ? value['tools'].filter(isFields) : [];
  if (tools.length > 0 && tools.every((tool) => 'input_schema' in tool)) return true;
  const besides =
    Array.isArray(value['system']) || (typeof value['system'] === 'string' && blocks.length > 0);
  return besides && messages.every(({ role }) => role === 'user' || role === 'assistant');
};

export const anthropic: ShapeReader = {
  name: 'anthropic',
  keys: ['system', 'tools'],
  alsoReads: ['messages', 'model', 'max_tokens', 'tool_choice'],
  needs: 'a list `messages` whose content is blocks of type text, tool_use, tool_result or thinking',
  match: (value) => (isOwn(value) ? 4.5 : 0),
  toRow(value) {
    const r = reader();
    const system = systemFrom(r, value['system'], '/system', readBlock);
    const list = r.list(value['messages'], '/messages');
    if (Array.isArray(value['messages']) && list.length === 0)
      r.report('empty_messages', '/messages', 'a list of 0');
    const messages = list.flatMap((message, i) => messageFrom(r, message, `/messages${step(i)}`, readBlock));
    return conversation(r, [...system, ...messages], readSchemas(r, value['tools']));
  },
};
