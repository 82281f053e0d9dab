/** Rows of the corpus as tokens and weights: the same as by the chat template, a hundred times faster. */
import type { Row } from '../../../shared/contracts/row.ts';
import type { TokenRow } from '../../../shared/text/shards.ts';
import { encoder } from './bpe.ts';
import type { NanoTokenizer } from './tokenizer.ts';

export const rowEncoder = ({ tokenizer: { model, added_tokens: specials } }: NanoTokenizer) => {
  const encode = encoder(model.merges, (piece) => model.vocab[piece]!);
  const [, start, end] = specials.map(({ id }) => id) as [number, number, number];
  const feed = encode('\n');

  return (row: Row, line: number): TokenRow => {
    const ids: number[] = [];
    const weights: number[] = [];
    const put = (tokens: readonly number[], weight: number): void => {
      ids.push(...tokens);
      weights.push(...tokens.map(() => weight));
    };
    if (row.kind === 'text') put([...encode(row.text), end], 1);
    else
      for (const [i, { role, content }] of row.messages.entries()) {
        put([...(i > 0 ? feed : []), start, ...encode(role), ...feed], 0);
        put([...encode(content ?? ''), end], role === 'assistant' ? 1 : 0);
      }
    weights[0] = 0;
    return { ids: Int32Array.from(ids), weights: Float32Array.from(weights), line };
  };
};
