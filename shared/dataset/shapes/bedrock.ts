/** Amazon Bedrock's conversation, https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-prepare.html:
 *  content as blocks without a type, tools in `toolConfig`. */
import { excerptOf, isAbsent, isFields, step, type Fields } from '../place.ts';
import { callOf, messageFrom, resultText, systemFrom, type ReadBlock } from './blocks.ts';
import { conversation, reader, type Reader, type ShapeReader } from './shape.ts';

const MEDIA = ['image', 'video', 'document', 'audio'] as const;
const BLOCKS = ['text', 'toolUse', 'toolResult', 'reasoningContent', ...MEDIA] as const;

const readBlock: ReadBlock = (r, block, at) => {
  const key = BLOCKS.find((name) => Object.hasOwn(block, name));
  const inner = key === undefined ? undefined : block[key];
  if (key === 'text') return { kind: 'text', text: r.text(inner, `${at}/text`) };
  if (key === undefined || !isFields(inner)) {
    r.wrong(at, block);
    return null;
  }
  const id = isAbsent(inner['toolUseId']) ? {} : { id: String(inner['toolUseId']) };
  if (key === 'toolUse') return callOf(r.text(inner['name'], `${at}/toolUse/name`), inner['input'], id.id);
  if (key === 'toolResult') return { kind: 'result', ...id, text: resultText(inner['content']) };
  if (key === 'reasoningContent') {
    const said = isFields(inner['reasoningText']) ? inner['reasoningText']['text'] : '';
    return { kind: 'thinking', text: r.text(said, `${at}/reasoningContent/reasoningText/text`) };
  }
  r.report('image', at, excerptOf(key));
  return null;
};

/** `toolConfig.tools[].toolSpec` → the function schemas that OpenAI has. */
const readTools = (r: Reader, config: unknown): readonly Fields[] => {
  if (isAbsent(config)) return [];
  const list = isFields(config) && Array.isArray(config['tools']) ? config['tools'] : null;
  if (!list) r.report('tools_not_json', '/toolConfig', excerptOf(config));
  return (list ?? []).flatMap((tool: unknown) => {
    const spec = isFields(tool) ? tool['toolSpec'] : undefined;
    if (!isFields(spec)) return [];
    const { name, description, inputSchema: schema } = spec;
    const parameters = isFields(schema) && 'json' in schema ? schema['json'] : schema;
    return [
      { type: 'function', function: { name, ...(isAbsent(description) ? {} : { description }), parameters } },
    ];
  });
};

const isBlocks = (list: unknown): boolean =>
  Array.isArray(list) &&
  list.some((block) => isFields(block) && !('type' in block) && BLOCKS.some((name) => name in block));

const isOwn = (value: Fields): boolean => {
  const messages = Array.isArray(value['messages']) ? value['messages'].filter(isFields) : [];
  return isBlocks(value['system']) || messages.some(({ content }) => isBlocks(content));
};

export const bedrock: ShapeReader = {
  name: 'bedrock',
  keys: ['schemaversion', 'toolconfig'],
  alsoReads: ['messages', 'system', 'inferenceconfig'],
  needs: '`schemaVersion` and a list `messages` of { "role": "user", "content": [{ "text": "…" }] }',
  match(value) {
    const version = value['schemaVersion'];
    if (typeof version === 'string') return version.startsWith('bedrock-conversation') ? 4.6 : 0;
    return isOwn(value) ? 4.6 : 0;
  },
  toRow(value) {
    const r = reader();
    const system = systemFrom(r, value['system'], '/system', readBlock);
    const list = r.list(value['messages'], '/messages');
    if (Array.isArray(value['messages']) && list.length === 0)
      r.report('empty_messages', '/messages', 'a list of 0');
    const messages = list.flatMap((message, i) => messageFrom(r, message, `/messages${step(i)}`, readBlock));
    return conversation(r, [...system, ...messages], readTools(r, value['toolConfig']));
  },
};
