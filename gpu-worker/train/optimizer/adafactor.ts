/** Adafactor, https://arxiv.org/abs/1804.04235, as transformers.optimization.Adafactor with scale_parameter=False and
 *  relative_step=False, which is what its Trainer takes: a matrix's second moment is one value a row and one a column. */
import { size } from '../../onnx/shape.ts';
import type { Group, OpenOptimizer, Rates } from './optimizer.ts';

const [EPS, CLIP, DECAY] = [1e-30, 1, -0.8]; // its eps[0], clip_threshold, decay_rate

/** A tensor's averages, for each of its `count` matrices [r, c]; a vector has an average for each value in `rows`. */
type Place = {
  readonly group: Group;
  readonly n: number;
  readonly factored: boolean;
  readonly count: number;
  readonly r: number;
  readonly c: number;
  readonly row: number;
  readonly col: number;
};

type Averages = { readonly rows: Float32Array; readonly cols: Float32Array };
/** Reciprocal roots of a matrix's averages: u[i, j] = g[i, j] · row[i] · col[j]. */
type Roots = { readonly row: Float64Array; readonly col: Float64Array };
type Work = { readonly gradients: Float32Array; readonly shrink: number; readonly beta2: number };

const lay = (groups: readonly Group[]): { places: Place[]; rows: number; cols: number } => {
  let [row, col] = [0, 0];
  const places = groups.map((group): Place => {
    const { shape } = group;
    const n = size(shape);
    const factored = shape.length >= 2;
    const c = factored ? shape.at(-1)! : 1;
    const r = factored ? shape.at(-2)! : n;
    const place = { group, n, factored, count: n / (r * c), r, c, row, col };
    row += n / c;
    col += factored ? n / r : 0;
    return place;
  });
  return { places, rows: row, cols: col };
};

// row ← β₂·row + (1−β₂)·mean(g² + ε over the columns), col likewise over the rows
const average = (
  { group, factored, count, r, c, row, col }: Place,
  { rows, cols }: Averages,
  work: Work,
): void => {
  const { gradients, shrink, beta2 } = work;
  const sums = new Float64Array(c);
  for (let k = 0; k < count; k++) {
    sums.fill(0);
    for (let i = 0; i < r; i++) {
      let sum = 0;
      const from = group.offset + (k * r + i) * c;
      for (let j = 0; j < c; j++) {
        const g = gradients[from + j]! * shrink;
        sum += g * g + EPS;
        sums[j]! += g * g + EPS;
      }
      const at = row + k * r + i;
      rows[at] = beta2 * rows[at]! + ((1 - beta2) * sum) / c;
    }
    if (!factored) continue;
    const at = col + k * c;
    for (let j = 0; j < c; j++) cols[at + j] = beta2 * cols[at + j]! + ((1 - beta2) * sums[j]!) / r;
  }
};

// v[i, j] ≈ row[i]·col[j] / mean(row); of a vector, row[i] is v[i]
const rootsOf = ({ factored, r, c, row, col }: Place, k: number, { rows, cols }: Averages): Roots => {
  const ofRows = rows.subarray(row + k * r, row + (k + 1) * r);
  if (!factored) return { row: Float64Array.from(ofRows, (x) => 1 / Math.sqrt(x)), col: Float64Array.of(1) };
  const mean = ofRows.reduce((sum, x) => sum + x, 0) / r;
  return {
    row: Float64Array.from(ofRows, (x) => 1 / Math.sqrt(x / mean)),
    col: Float64Array.from(cols.subarray(col + k * c, col + (k + 1) * c), (x) => 1 / Math.sqrt(x)),
  };
};

const squaresOf = (from: number, { row, col }: Roots, { gradients, shrink }: Work): number => {
  let [sum, at] = [0, from];
  for (const ri of row)
    for (let j = 0; j < col.length; j++, at++) sum += (gradients[at]! * shrink * ri * col[j]!) ** 2;
  return sum;
};

/** p −= lr·wd·p + rate·u */
const apply = (
  values: Float32Array,
  from: number,
  { row, col }: Roots,
  { gradients, shrink }: Work,
  { rate, keep }: { readonly rate: number; readonly keep: number },
): void => {
  let at = from;
  for (const ri of row)
    for (let j = 0; j < col.length; j++, at++)
      values[at] = values[at]! * keep - rate * gradients[at]! * shrink * ri * col[j]!;
};

/** u = g / √v, over its root mean square where that is above 1. */
const updateOne = (
  values: Float32Array,
  place: Place,
  averages: Averages,
  work: Work,
  rates: Rates,
): void => {
  const { group, n, count, r, c } = place;
  average(place, averages, work);
  const matrices = Array.from({ length: count }, (_, k) => rootsOf(place, k, averages));
  const fromOf = (k: number): number => group.offset + k * r * c;
  const squares = matrices.reduce((sum, roots, k) => sum + squaresOf(fromOf(k), roots, work), 0);
  const step = rates.lr * group.rate;
  const rate = step / Math.max(1, Math.sqrt(squares / n) / CLIP);
  const keep = group.decay ? 1 - step * rates.weight_decay : 1;
  for (const [k, roots] of matrices.entries()) apply(values, fromOf(k), roots, work, { rate, keep });
};

export const openAdafactor: OpenOptimizer = (groups) => {
  const { places, rows, cols } = lay(groups);
  const averages = { rows: new Float32Array(rows), cols: new Float32Array(cols) };
  return {
    steps: 0,
    arrays: averages,
    update(values, gradients, shrink, rates) {
      this.steps++;
      const work = { gradients, shrink, beta2: 1 - this.steps ** DECAY };
      for (const place of places) updateOne(values, place, averages, work, rates);
    },
  };
};
