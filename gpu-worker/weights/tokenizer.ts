import { AppError } from '../../shared/errors.ts';
import { loadTokenizer, type Tokenizer } from '../../shared/text/tokenizer.ts';
import { openBase } from './base.ts';

/** The tokenizer that came with a base. Throws `unsupported_model` where none did. */
export const tokenizerOf = async ({
  id,
  path,
}: {
  readonly id: string;
  readonly path: string;
}): Promise<Tokenizer> => {
  const base = await openBase(path);
  base.close();
  if (base.tokenizer) return loadTokenizer(base.tokenizer);
  throw new AppError('unsupported_model', `${id} has no tokenizer.json: add the one it was trained with`);
};
