/** The tokenizer of a text, in the files that a Hugging Face folder has. */
import type { Row } from '../../../shared/contracts/row.ts';
import { BYTES, learnMerges, SPLIT } from './bpe.ts';

const SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'] as const;
const [END_OF_TEXT, , END_OF_TURN] = SPECIAL;

/** ChatML. */
const TEMPLATE =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

const textsOf = function* (rows: Iterable<Row>): Generator<string> {
  for (const row of rows)
    if (row.kind === 'text') yield row.text;
    else for (const { role, content } of row.messages) yield `${role}\n${content}`;
};

/** Of `size` pieces: the special ones, the 256 bytes, and what the rows have taught. */
export const makeTokenizer = (rows: Iterable<Row>, size: number) => {
  const merges = learnMerges(textsOf(rows), size - SPECIAL.length - BYTES.length);
  const pieces = [...SPECIAL, ...BYTES, ...merges.map(([left, right]) => left + right)];
  const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  return {
    tokenizer: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: SPECIAL.map((content, id) => ({
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
      normalizer: null,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: SPLIT }, behavior: 'Isolated', invert: false },
          byteLevel,
        ],
      },
      post_processor: null,
      decoder: byteLevel,
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab,
        merges,
      },
    },
    config: {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: END_OF_TEXT,
      eos_token: END_OF_TURN,
      pad_token: END_OF_TEXT,
      clean_up_tokenization_spaces: false,
      model_max_length: 1024,
      chat_template: TEMPLATE,
    },
    generation: { bos_token_id: 0, eos_token_id: [2, 0], pad_token_id: 0 },
  };
};

export type NanoTokenizer = ReturnType<typeof makeTokenizer>;
