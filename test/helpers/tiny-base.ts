/** A base that fits in git: a real pretrained Llama of 260K values (stories260K) as a Hugging Face folder, with a
 *  tokenizer of our own that spells bytes, since its ids 3 … 258 are bytes, and ChatML as its template. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../shared/package-root.ts';

const SOURCE = join(packageRoot(), 'test/fixtures/reference/stories260K');
const SPECIALS = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'] as const;
const CHATML =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/** GPT-2's letters for bytes: printable ones stand for themselves, the others are moved above 255.
 *  https://github.com/openai/gpt-2/blob/master/src/encoder.py */
const letters = (): string[] => {
  let moved = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
    return String.fromCodePoint(printable ? byte : moved++);
  });
};

const tokenizer = () => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: SPECIALS.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  post_processor: null,
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    vocab: Object.fromEntries([...SPECIALS, ...letters()].map((token, id) => [token, id])),
    merges: [],
  },
});

/** Writes the byte tokenizer's files. */
export const writeByteTokenizer = (folder: string): void => {
  const write = (file: string, value: object) => writeFileSync(join(folder, file), JSON.stringify(value));
  write('tokenizer.json', tokenizer());
  write('tokenizer_config.json', {
    tokenizer_class: 'PreTrainedTokenizerFast',
    eos_token: '<|im_end|>',
    pad_token: '<|endoftext|>',
    chat_template: CHATML,
  });
  write('generation_config.json', { eos_token_id: 2, pad_token_id: 0 });
};

/** Writes the folder, made where missing, and returns it: a `base` of a recipe. */
export const writeTinyBase = (folder: string): string => {
  mkdirSync(folder, { recursive: true });
  for (const file of ['config.json', 'model.safetensors'])
    copyFileSync(join(SOURCE, file), join(folder, file));
  writeByteTokenizer(folder);
  return folder;
};
