/** A dataset as tokens, in one safetensors file: what every engine reads.
 *  `input_ids` I32 [N], all rows end to end · `weights` F32 [N], share of each token's loss as a *target* (0 = not
 *  trained on) · `offsets` I64 [rows + 1] · `lines` I32 [rows], the input line of each row · `desirable` I32 [rows],
 *  1 or 0, where answers are labelled. A pair of answers is two rows of one line: chosen, then rejected. A dialogue to
 *  train on may be several rows of one line, one for each answer that its template writes otherwise later on. */
export type Shard = {
  readonly input_ids: Int32Array;
  readonly weights: Float32Array;
  readonly offsets: BigInt64Array;
  readonly lines: Int32Array;
  readonly desirable?: Int32Array;
};

/** One row of tokens. `weights[i]` counts where token i is predicted (from i − 1); weights[0] is always 0. */
export type TokenRow = {
  readonly ids: Int32Array;
  readonly weights: Float32Array;
  readonly line: number;
  /** whether somebody found the answer good; absent where nobody was asked */
  readonly desirable?: boolean;
};

export const joinRows = (rows: readonly TokenRow[]): Shard => {
  const total = rows.reduce((n, r) => n + r.ids.length, 0);
  const labelled = rows.some(({ desirable }) => desirable !== undefined);
  const shard = {
    input_ids: new Int32Array(total),
    weights: new Float32Array(total),
    offsets: new BigInt64Array(rows.length + 1),
    lines: Int32Array.from(rows, (r) => r.line),
    ...(labelled && { desirable: Int32Array.from(rows, (r) => (r.desirable ? 1 : 0)) }),
  };
  let at = 0;
  for (const [i, row] of rows.entries()) {
    shard.input_ids.set(row.ids, at);
    shard.weights.set(row.weights, at);
    shard.offsets[i + 1] = BigInt((at += row.ids.length));
  }
  return shard;
};

/** The rows of a shard, as views into it. */
export const splitRows = ({ input_ids, weights, offsets, lines, desirable }: Shard): TokenRow[] =>
  Array.from(lines, (line, i) => {
    const [from, to] = [Number(offsets[i]), Number(offsets[i + 1])];
    const row = { ids: input_ids.subarray(from, to), weights: weights.subarray(from, to), line };
    return desirable ? { ...row, desirable: desirable[i] === 1 } : row;
  });
