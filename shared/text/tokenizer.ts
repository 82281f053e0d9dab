/** Text to token ids and back, by the files that a Hugging Face folder has. */

/** `config` is tokenizer_config.json with `chat_template` filled in wherever the folder kept it. */
export type TokenizerFiles = {
  /** tokenizer.json */
  readonly tokenizer: object;
  readonly config: object;
  /** generation_config.json */
  readonly generation: object | null;
};
