/** Held-out rows in the forms that evaluation needs. */
import type { Row } from '../../shared/contracts/row.ts';
import type { TokenRow } from '../../shared/text/shards.ts';
import { renderPrompt } from '../../shared/text/template.ts';
import type { Tokenizer } from '../../shared/text/tokenizer.ts';

export type HeldOutRow = {
  readonly line: number;
  readonly row: Row;
  /** the reference answer behind its prompt: of a pair the chosen one */
  readonly tokens: TokenRow;
  /** the other answer of a pair behind the same prompt */
  readonly rejected: TokenRow | null;
  readonly prompt: string;
  readonly promptIds: Int32Array;
  readonly reference: string;
};

/** Rows with their tokens, of which a pair has two. An answer that somebody found bad is no reference: its row is left out. */
export const heldOutRows = (
  rows: readonly { readonly line: number; readonly row: Row }[],
  tokens: readonly TokenRow[],
  { tokenizer, maxLength }: { readonly tokenizer: Tokenizer; readonly maxLength: number },
): HeldOutRow[] => {
  let at = 0;
  return rows.flatMap(({ line, row }) => {
    const own = tokens[at++]!;
    const rejected = row.kind === 'preference' ? tokens[at++]! : null;
    if (row.kind === 'kto' && !row.label) return [];
    return [{ line, row, tokens: own, rejected, ...renderPrompt(tokenizer, row, { maxLength }) }];
  });
};
