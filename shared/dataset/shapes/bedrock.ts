/** Amazon Bedrock's conversation, https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-prepare.html:
 *  content as blocks without a type, tools in `toolConfig`. */
import { excerptOf, isAbsent, isFields, step, type Fields } from '../place.ts';
import { callOf, messageFrom, resultText, systemFrom, type ReadBlock } from './blocks.ts';
import { pairOf } from './pair.ts';
import { conversation, reader, type Placed, type Reader, type Reading, type ShapeReader } from './shape.ts';

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

/** Nova's preferences, https://docs.aws.amazon.com/nova/latest/userguide/nova-dpo-smtj.html: the last turn has candidates. */
const readPair = (r: Reader, value: Fields, before: readonly Placed[], last: Fields, at: string): Reading => {
  const candidates = r.list(last['candidates'], at);
  const labelled = (label: string): readonly Placed[] =>
    candidates.flatMap((candidate, i) => {
      if (!isFields(candidate) || candidate['preferenceLabel'] !== label) return [];
      return messageFrom(r, { ...candidate, role: 'assistant' }, at + step(i), readBlock);
    });
  const sides = { chosen: labelled('preferred'), rejected: labelled('non-preferred') };
  if (sides.chosen.length !== 1 || sides.rejected.length !== 1) r.wrong(at, candidates);
  const tools = readTools(r, value['toolConfig']);
  return pairOf(r, before, sides, tools.length > 0 ? { tools: [...tools] } : {});
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
    const last = list.at(-1);
    const pair = isFields(last) && Object.hasOwn(last, 'candidates') ? last : null;
    const messages = (pair ? list.slice(0, -1) : list).flatMap((message, i) =>
      messageFrom(r, message, `/messages${step(i)}`, readBlock),
    );
    const all = [...system, ...messages];
    if (pair) return readPair(r, value, all, pair, `/messages${step(list.length - 1)}/candidates`);
    return conversation(r, all, readTools(r, value['toolConfig']));
  },
};
