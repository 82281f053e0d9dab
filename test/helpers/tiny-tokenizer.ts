/** The tokenizer of the tiny GGUF fixture, and others made from its files. */
import { openBase } from '../../gpu-worker/weights/base.ts';
import { loadTokenizer, type Tokenizer, type TokenizerFiles } from '../../shared/text/tokenizer.ts';

const tiny = new URL('../fixtures/gguf/tiny.gguf', import.meta.url).pathname;

export const files: TokenizerFiles = (await openBase(tiny)).tokenizer!;
export const tokenizer: Tokenizer = loadTokenizer(files);

export const withTemplate = (chat_template: string | null, config: object = {}): Tokenizer =>
  loadTokenizer({ ...files, config: { ...files.config, ...config, chat_template } });

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
