/** Rotations by Sylvester's Hadamard matrix as its definition says, slowly: H[i, j] = (−1)^popcount(i & j) / √n. */

/** The largest power of two that divides k, 64 at most. */
const widthOf = (k: number): number => {
  let n = 1;
  while (n < 64 && k % (2 * n) === 0) n *= 2;
  return n;
};

const popcount = (x: number): number => x.toString(2).replaceAll('0', '').length;

/** Rows of k values, each turned in blocks. */
export const rotatedRows = (rows: Float32Array, k: number): Float32Array => {
  const n = widthOf(k);
  return rows.map((_, at) => {
    const [block, j] = [at - (at % n), at % n];
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (popcount(i & j) % 2 ? -1 : 1) * rows[block + i]!;
    return sum / Math.sqrt(n);
  });
};

/** The columns of [k, n], turned alike. */
export const rotatedColumns = (matrix: Float32Array, k: number): Float32Array => {
  const n = matrix.length / k;
  const column = (j: number) => Float32Array.from({ length: k }, (_, i) => matrix[i * n + j]!);
  const turned = Array.from({ length: n }, (_, j) => rotatedRows(column(j), k));
  return matrix.map((_, at) => turned[at % n]![Math.floor(at / n)]!);
};
