/** The tokenizer inside a GGUF file as Hugging Face's files. Byte-level BPE only. */
import { AppError } from '../../shared/errors.ts';
import type { TokenizerFiles } from '../../shared/text/tokenizer.ts';
import type { Gguf, GgufValue } from './gguf.ts';

const CONTROL = 3;
const USER_DEFINED = 4;

type PreTokenizer = {
  readonly pre_tokenizer: object;
  readonly normalizer: object | null;
  readonly ignore_merges: boolean;
  /** whether text begins with bos where the file does not say */
  readonly bos: boolean;
};

const byteLevel = (use_regex: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex,
});
const splitAt = (pattern: string) => ({
  type: 'Split',
  pattern: { Regex: pattern },
  behavior: 'Isolated',
  invert: false,
});
const sequence = (...pretokenizers: object[]) => ({ type: 'Sequence', pretokenizers });

/** Tiktoken's pattern; families differ in how many digits stay together. */
const tiktoken = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

const gpt2: PreTokenizer = {
  pre_tokenizer: byteLevel(true),
  normalizer: null,
  ignore_merges: false,
  bos: false,
};
/** By `tokenizer.ggml.pre`. Files from before that key existed have GPT-2's pattern. */
const PRE_TOKENIZERS: ReadonlyMap<string, PreTokenizer> = new Map<string, PreTokenizer>([
  ['default', gpt2],
  ['gpt-2', gpt2],
  ['smollm', { ...gpt2, pre_tokenizer: sequence(splitAt('\\p{N}'), byteLevel(true)) }],
  [
    'llama-bpe',
    {
      pre_tokenizer: sequence(splitAt(tiktoken('\\p{N}{1,3}')), byteLevel(false)),
      normalizer: null,
      ignore_merges: true,
      bos: true,
    },
  ],
  [
    'qwen2',
    {
      pre_tokenizer: sequence(splitAt(tiktoken('\\p{N}')), byteLevel(false)),
      normalizer: { type: 'NFC' },
      ignore_merges: false,
      bos: false,
    },
  ],
]);

const strings = (value: GgufValue | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);
const idOf = (value: GgufValue | undefined): number | null => (typeof value === 'number' ? value : null);

const preTokenizerOf = (path: string, metadata: Gguf['metadata']): PreTokenizer => {
  const model = metadata.get('tokenizer.ggml.model');
  if (model !== 'gpt2')
    throw new AppError(
      'unsupported_model',
      `${path} has a tokenizer of model ${JSON.stringify(model)}; byte-level BPE (gpt2) is read here. Use the model's folder in Hugging Face layout.`,
    );
  const pre = String(metadata.get('tokenizer.ggml.pre') ?? 'default');
  const known = PRE_TOKENIZERS.get(pre);
  if (!known)
    throw new AppError(
      'unsupported_model',
      `${path} splits text by ${JSON.stringify(pre)}; known are ${[...PRE_TOKENIZERS.keys()].join(', ')}. Use the model's folder in Hugging Face layout.`,
    );
  return known;
};

const special = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });

/** Puts bos before, eos after a text, where asked. */
const postProcessor = (bos: string | null, eos: string | null, ids: ReadonlyMap<string, number>): object => {
  const added = [bos, eos].filter((x) => x !== null);
  if (added.length === 0) return { ...byteLevel(true), trim_offsets: false };
  const around = (id: string, type_id: number) => [
    ...(bos === null ? [] : [special(bos, type_id)]),
    { Sequence: { id, type_id } },
    ...(eos === null ? [] : [special(eos, type_id)]),
  ];
  return {
    type: 'TemplateProcessing',
    single: around('A', 0),
    pair: [...around('A', 0), ...around('B', 1)],
    special_tokens: Object.fromEntries(added.map((id) => [id, { id, ids: [ids.get(id)], tokens: [id] }])),
  };
};

const addedTokens = (tokens: readonly string[], types: readonly number[]) =>
  tokens.flatMap((content, id) =>
    types[id] === CONTROL || types[id] === USER_DEFINED
      ? [
          {
            id,
            content,
            single_word: false,
            lstrip: false,
            rstrip: false,
            normalized: false,
            special: types[id] === CONTROL,
          },
        ]
      : [],
  );

const without = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined));

/** Ids of the tokens that have a part, where the file names one. */
const specialIds = (metadata: Gguf['metadata']) => {
  const id = (name: string) => idOf(metadata.get(`tokenizer.ggml.${name}_token_id`));
  const ends = [id('eos'), id('eot'), id('eom')].filter((x) => x !== null);
  return { bos: id('bos'), eos: id('eos'), pad: id('padding'), unk: id('unknown'), ends: [...new Set(ends)] };
};

/** Null where the file has no tokenizer. */
export const tokenizerOf = ({ path, metadata }: Gguf): TokenizerFiles | null => {
  const tokens = strings(metadata.get('tokenizer.ggml.tokens'));
  if (tokens.length === 0) return null;
  const pre = preTokenizerOf(path, metadata);
  const types = (metadata.get('tokenizer.ggml.token_type') ?? []) as number[];
  const vocab = new Map(tokens.map((token, id) => [token, id]));
  const ids = specialIds(metadata);
  const text = (id: number | null): string | null => (id === null ? null : (tokens[id] ?? null));
  const addBos = metadata.get('tokenizer.ggml.add_bos_token') ?? pre.bos;
  const addEos = metadata.get('tokenizer.ggml.add_eos_token') ?? false;
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: addedTokens(tokens, types),
      normalizer: pre.normalizer,
      pre_tokenizer: pre.pre_tokenizer,
      post_processor: postProcessor(addBos ? text(ids.bos) : null, addEos ? text(ids.eos) : null, vocab),
      decoder: byteLevel(true),
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: pre.ignore_merges,
        vocab: Object.fromEntries(vocab),
        merges: strings(metadata.get('tokenizer.ggml.merges')).map((merge) => {
          const at = merge.indexOf(' ', 1); // a part may begin with a space of its own
          return [merge.slice(0, at), merge.slice(at + 1)];
        }),
      },
    },
    config: without({
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: text(ids.bos),
      eos_token: text(ids.eos),
      pad_token: text(ids.pad),
      unk_token: text(ids.unk),
      clean_up_tokenization_spaces: false,
      model_max_length: metadata.get(`${String(metadata.get('general.architecture'))}.context_length`),
      chat_template: metadata.get('tokenizer.chat_template'),
    }),
    generation: without({
      bos_token_id: ids.bos,
      eos_token_id: ids.ends.length > 1 ? ids.ends : ids.ends[0],
      pad_token_id: ids.pad,
    }),
  };
};
