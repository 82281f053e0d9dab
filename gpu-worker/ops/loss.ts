/** Cross-entropy at the labelled rows only. */
import { ints, scalar, type Value } from '../onnx/graph.ts';
import { defineOp, emit, like, shaped } from './define.ts';
import { exp, mul, neg, sub } from './elementwise.ts';
import { reshape } from './movement.ts';
import { gemm } from './product.ts';
import { logSoftmax } from './reduce.ts';

/** What a model does to its logits: multiplies them, then bounds them by cap·tanh(z/cap). */
export type LogitOptions = { readonly scale: number; readonly softcap: number | null };

/** `product`: x [n, C] → x·Eᵀ [n, V], where it is made of something else than E itself. */
type CrossEntropyOptions = LogitOptions & { readonly product?: ((x: Value) => Value) | null };

type Logits = { readonly z: Value; /** tanh(z/cap) */ readonly t: Value | null };
const logitsOf = (rows: Value, e: Value, { scale, softcap, product }: CrossEntropyOptions): Logits => {
  const alpha = softcap ? scale / softcap : scale;
  const raw = product
    ? product(alpha === 1 ? rows : mul(rows, scalar(rows, alpha)))
    : gemm(rows, e, { transB: 1, alpha });
  if (!softcap) return { z: raw, t: null };
  const t = emit('Tanh', [raw], like(raw));
  return { z: mul(t, scalar(t, softcap)), t };
};

/** x [n, C] and table [V, C] → logits [n, V]. No gradient. */
export const logits = (x: Value, table: Value, options: LogitOptions): Value => logitsOf(x, table, options).z;

type Saved = { readonly logp: Value; readonly t: Value | null };

/** −log softmax(z)[label] per row with z = scale·x·Eᵀ, capped or not: x [n, C], table E [V, C], labels [n] int64 → [n].
 *  dx = scale·g·(p·E − E[label]): the one-hot part is a gather, nothing is scattered into [n, V]; with a cap
 *  dz = (p − hot)∘(1 − t²). */
export const crossEntropy = (
  x: Value,
  table: Value,
  labels: Value,
  options: CrossEntropyOptions = { scale: 1, softcap: null },
): Value => {
  const { scale } = options;
  return defineOp<[x: Value, table: Value], Saved>({
    name: 'CrossEntropy',
    forward: (rows, e) => {
      const n = rows.shape[0]!;
      const { z, t } = logitsOf(rows, e, options);
      const logp = logSoftmax(z);
      const at = reshape(labels, [n, 1]);
      const picked = emit('GatherElements', [logp, at], shaped(rows, [n, 1]), { attrs: { axis: 1 } });
      return { y: neg(reshape(picked, [n])), saved: { logp, t } };
    },
    grad: ({ g, x: [rows, e], saved: { logp, t } }) => {
      const [n, v] = [rows.shape[0]!, e.shape[0]!];
      const p = exp(logp);
      const weight = reshape(mul(g, scalar(g, scale)), [n, 1]);
      const slope = t ? mul(weight, sub(scalar(t, 1), mul(t, t))) : weight;
      const one = rows.graph.constant(Float32Array.of(0, 1), [2], 'float32');
      const dz = () => {
        const hot = emit('OneHot', [labels, ints(rows, [v]), one], shaped(rows, [n, v]), {
          attrs: { axis: -1 },
        });
        return mul(sub(p, hot), slope);
      };
      const dx = () => {
        if (t) return gemm(dz(), e);
        const own = emit('Gather', [e, labels], like(rows), { attrs: { axis: 0 } });
        return mul(sub(gemm(p, e), own), weight);
      };
      return [dx(), (sofar) => gemm(dz(), rows, { transA: 1, add: sofar })];
    },
  })(x, table);
};
