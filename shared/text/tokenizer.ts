/** Text to token ids and back, by the files that a Hugging Face folder has. */
import { Tokenizer as Library } from '@huggingface/tokenizers';
import { AppError } from '../errors.ts';

/** `config` is tokenizer_config.json with `chat_template` filled in wherever the folder kept it. */
export type TokenizerFiles = {
  /** tokenizer.json */
  readonly tokenizer: object;
  readonly config: object;
  /** generation_config.json */
  readonly generation: object | null;
};

export type Tokenizer = {
  /** Adds neither bos nor eos. Special tokens spelled in the text become their ids unless `special` is false.
   *  What the vocabulary cannot spell vanishes. */
  encode(text: string, options?: { readonly special?: boolean }): Int32Array;
  decode(ids: ArrayLike<number>, options?: { readonly skipSpecial?: boolean }): string;
  /** one above the largest id */
  readonly vocabSize: number;
  /** ids at which generation stops: the generation configuration's, then the tokenizer's */
  readonly eosIds: readonly number[];
  readonly bosId: number | null;
  readonly bosText: string | null;
  readonly eosText: string | null;
  /** the pad token, or else an end of text, or else 0 */
  readonly padId: number;
  /** whether the model expects bos before every text */
  readonly addsBos: boolean;
  readonly chatTemplate: string | null;
  /** texts of the special tokens */
  readonly specials: readonly string[];
  /** `bos_token` and its kin, as a chat template sees them */
  readonly tokenVariables: Readonly<Record<string, string>>;
};

type Json = Readonly<Record<string, unknown>>;
type AddedToken = { readonly id: number; readonly content: string; readonly special?: boolean };
type Parts = { readonly tokenizer: Json; readonly config: Json; readonly generation: Json };

const VARIABLES = [
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
];

/** The library's `Digits` knows ASCII alone; the original splits at every numeric character (Unicode N). */
const withAllDigits = (step: unknown): unknown => {
  if (typeof step !== 'object' || step === null) return step;
  const { type, individual_digits, pretokenizers } = step as Json;
  if (Array.isArray(pretokenizers)) return { ...step, pretokenizers: pretokenizers.map(withAllDigits) };
  if (type !== 'Digits') return step;
  const Regex = individual_digits ? '\\p{N}' : '\\p{N}+';
  return { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false };
};

const open = ({ tokenizer, config }: Parts, added: readonly AddedToken[]): Library => {
  const { normalizer = null, post_processor = null, decoder = null, pre_tokenizer = null } = tokenizer;
  const steps = { normalizer, post_processor, decoder, pre_tokenizer: withAllDigits(pre_tokenizer) };
  try {
    return new Library({ ...tokenizer, ...steps, added_tokens: added }, config);
  } catch (cause) {
    throw new AppError('unsupported_model', `This tokenizer.json cannot be used: ${String(cause)}`, {
      cause,
    });
  }
};

const textOf = (token: unknown): string | null => {
  if (typeof token === 'string') return token;
  const content = (token as Json | null | undefined)?.['content'];
  return typeof content === 'string' ? content : null;
};

const numbersOf = (value: unknown): number[] =>
  (Array.isArray(value) ? value : [value]).filter((x): x is number => typeof x === 'number');

/** Some models have several templates, by name; the one for plain chats is `default`. */
const templateOf = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  const named = value as { name?: unknown; template?: unknown }[];
  return textOf((named.find(({ name }) => name === 'default') ?? named[0])?.template);
};

const largestId = (library: Library, added: readonly AddedToken[]): number => {
  let largest = -1;
  for (const id of library.get_vocab().values()) largest = Math.max(largest, id);
  return added.reduce((most, { id }) => Math.max(most, id), largest);
};

const codecOf = (parts: Parts, added: readonly AddedToken[]) => {
  const library = open(parts, added);
  let plain: Library | undefined; // as large again in memory, so only for those who ask
  const plainOne = (): Library =>
    (plain ??= open(
      parts,
      added.filter((token) => !token.special),
    ));
  const clean = parts.config['clean_up_tokenization_spaces'] === true;
  return {
    library,
    encode: (text: string, special: boolean): Int32Array =>
      Int32Array.from((special ? library : plainOne()).encode(text, { add_special_tokens: false }).ids),
    decode: (ids: ArrayLike<number>, skipSpecial: boolean): string =>
      ids.length === 0
        ? ''
        : library.decode(Array.from(ids), {
            skip_special_tokens: skipSpecial,
            clean_up_tokenization_spaces: clean,
          }),
  };
};

export const loadTokenizer = (files: TokenizerFiles): Tokenizer => {
  const parts = {
    tokenizer: files.tokenizer,
    config: files.config,
    generation: files.generation ?? {},
  } as Parts;
  const added = (parts.tokenizer['added_tokens'] ?? []) as AddedToken[];
  const { library, encode, decode } = codecOf(parts, added);
  const text = (name: string) => textOf(parts.config[name]);
  const id = (name: string): number | null => {
    const known = text(name);
    return (known === null ? undefined : library.token_to_id(known)) ?? null;
  };
  const bosId = id('bos_token') ?? numbersOf(parts.generation['bos_token_id'])[0] ?? null;
  const eosIds = [...numbersOf(parts.generation['eos_token_id']), ...numbersOf(id('eos_token'))];
  const firstEnd = id('eos_token') ?? eosIds[0];
  const variables = VARIABLES.map((name) => [name, text(name)] as const).filter(
    ([, value]) => value !== null,
  );
  return {
    encode: (input, { special = true } = {}) => encode(input, special),
    decode: (ids, { skipSpecial = false } = {}) => decode(ids, skipSpecial),
    vocabSize: largestId(library, added) + 1,
    eosIds: [...new Set(eosIds)],
    bosId,
    bosText: bosId === null ? null : (library.id_to_token(bosId) ?? null),
    eosText: firstEnd === undefined ? null : (library.id_to_token(firstEnd) ?? null),
    padId: id('pad_token') ?? firstEnd ?? 0,
    addsBos: bosId !== null && library.encode('a').ids[0] === bosId,
    chatTemplate: templateOf(parts.config['chat_template']),
    specials: added.filter((token) => token.special).map((token) => token.content),
    tokenVariables: Object.fromEntries(variables) as Record<string, string>,
  };
};
