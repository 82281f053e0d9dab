/** Google's Gemini, https://cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-supervised-tuning-prepare:
 *  `contents` of a role and `parts`; keys in camel case or in snake case, as the SDKs write them. */
import { excerptOf, isAbsent, isFields, step, type Fields } from '../place.ts';
import { callOf, messagesFrom, readBlocks, resultText, systemFrom, type ReadBlock } from './blocks.ts';
import { conversation, reader, type Placed, type Reader, type ShapeReader } from './shape.ts';

/** The value under either spelling of a key. */
const under = (value: Fields, camel: string): unknown =>
  value[camel] ?? value[camel.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)];

const ROLES: ReadonlyMap<unknown, 'user' | 'assistant' | 'system'> = new Map([
  ['user', 'user'],
  ['function', 'user'],
  ['tool', 'user'],
  ['model', 'assistant'],
  ['system', 'system'],
] as const);

const readPart: ReadBlock = (r, part, at) => {
  const [called, answered] = [under(part, 'functionCall'), under(part, 'functionResponse')];
  if (isFields(called))
    return callOf(r.text(called['name'], `${at}/functionCall/name`), called['args'] ?? called['arguments']);
  if (isFields(answered)) {
    const name = isAbsent(answered['name']) ? {} : { name: String(answered['name']) };
    return { kind: 'result', ...name, text: resultText(answered['response']) };
  }
  if (!isAbsent(under(part, 'inlineData')) || !isAbsent(under(part, 'fileData'))) {
    r.report('image', at, excerptOf(part));
    return null;
  }
  return { kind: part['thought'] === true ? 'thinking' : 'text', text: r.text(part['text'], `${at}/text`) };
};

const readContent = (r: Reader, value: unknown, at: string): readonly Placed[] => {
  if (!isFields(value)) {
    r.wrong(at, value);
    return [];
  }
  const role = ROLES.get(value['role']);
  if (!role) {
    r.report('unknown_role', `${at}/role`, excerptOf(value['role']));
    return [];
  }
  return messagesFrom(role, readBlocks(r, value['parts'], `${at}/parts`, readPart), `${at}/parts`);
};

const readSystem = (r: Reader, value: Fields): readonly Placed[] => {
  const system = under(value, 'systemInstruction');
  const at = Object.hasOwn(value, 'system_instruction') ? '/system_instruction' : '/systemInstruction';
  return isFields(system)
    ? systemFrom(r, system['parts'], `${at}/parts`, readPart)
    : systemFrom(r, system, at, readPart);
};

/** Function declarations as OpenAI writes them; types of Google's schemas are in capitals. */
const readTools = (r: Reader, tools: unknown): readonly Fields[] => {
  if (isAbsent(tools)) return [];
  const list = r.list(tools, '/tools').filter(isFields);
  const found = list.flatMap((tool) => {
    const declared = under(tool, 'functionDeclarations');
    return Array.isArray(declared) ? declared.filter(isFields) : [];
  });
  return found.map((declared) => ({ type: 'function', function: declared }));
};

export const vertex: ShapeReader = {
  name: 'vertex',
  keys: ['contents', 'systeminstruction', 'system_instruction', 'tools'],
  alsoReads: ['generationconfig', 'generation_config', 'toolconfig', 'tool_config'],
  needs: 'a list `contents` of { "role": "user", "parts": [{ "text": "…" }] } and the same for "model"',
  match: ({ contents }) =>
    Array.isArray(contents) && contents.every((entry) => isFields(entry) && 'parts' in entry) ? 4 : 0,
  toRow(value) {
    const r = reader();
    const system = readSystem(r, value);
    const list = r.list(value['contents'], '/contents');
    if (list.length === 0) r.report('empty_messages', '/contents', 'a list of 0');
    const messages = list.flatMap((content, i) => readContent(r, content, `/contents${step(i)}`));
    return conversation(r, [...system, ...messages], readTools(r, value['tools']));
  },
};
