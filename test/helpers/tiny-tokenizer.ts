/** The tokenizer of the tiny GGUF fixture, and others made from its files. */
import { openBase } from '../../gpu-worker/weights/base.ts';
import { loadTokenizer, type Tokenizer, type TokenizerFiles } from '../../shared/text/tokenizer.ts';

const tiny = new URL('../fixtures/gguf/tiny.gguf', import.meta.url).pathname;

export const files: TokenizerFiles = (await openBase(tiny)).tokenizer!;
export const tokenizer: Tokenizer = loadTokenizer(files);

export const withTemplate = (chat_template: string | null, config: object = {}): Tokenizer =>
  loadTokenizer({ ...files, config: { ...files.config, ...config, chat_template } });

/** With this template, and with these special tokens as ends of turn; the last one ends texts. */
export const speaking = (chat_template: string, ends: readonly string[], more: object = {}): Tokenizer => {
  const added = ends.map((content, i) => ({ id: 300 + i, content, special: true, normalized: false }));
  return loadTokenizer({
    tokenizer: { ...files.tokenizer, added_tokens: added },
    config: { bos_token: '<bos>', eos_token: ends.at(-1), ...more, chat_template },
    generation: { eos_token_id: added.map(({ id }) => id) },
  });
};

/** One that puts its `<|user|>` before every text, as others put bos. */
export const withBos = (): Tokenizer => {
  const bos = { SpecialToken: { id: '<|user|>', type_id: 0 } };
  const post_processor = {
    type: 'TemplateProcessing',
    single: [bos, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { '<|user|>': { id: '<|user|>', ids: [1], tokens: ['<|user|>'] } },
  };
  return loadTokenizer({ ...files, tokenizer: { ...files.tokenizer, post_processor } });
};
