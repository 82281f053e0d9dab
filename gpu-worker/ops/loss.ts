/** Cross-entropy at the labelled rows only. */
import { ints, type Value } from '../onnx/graph.ts';
import { defineOp, emit, like, shaped } from './define.ts';
import { exp, mul, neg, sub } from './elementwise.ts';
import { reshape } from './movement.ts';
import { gemm } from './product.ts';
import { logSoftmax } from './reduce.ts';

/** −log softmax(x·Eᵀ)[label] per row: x [n, C], table E [V, C], labels [n] int64 → [n].
 *  dx = g·(p·E − E[label]): the one-hot part is a gather, nothing is scattered into [n, V]. */
export const crossEntropy = (x: Value, table: Value, labels: Value): Value =>
  defineOp<[x: Value, table: Value], Value>({
    name: 'CrossEntropy',
    forward: (rows, e) => {
      const n = rows.shape[0]!;
      const logp = logSoftmax(gemm(rows, e, { transB: 1 }));
      const at = reshape(labels, [n, 1]);
      const picked = emit('GatherElements', [logp, at], shaped(rows, [n, 1]), { attrs: { axis: 1 } });
      return { y: neg(reshape(picked, [n])), saved: logp };
    },
    grad: ({ g, x: [rows, e], saved: logp }) => {
      const n = rows.shape[0]!;
      const p = exp(logp);
      const own = emit('Gather', [e, labels], like(rows), { attrs: { axis: 0 } });
      const weight = reshape(g, [n, 1]);
      const one = rows.graph.constant(Float32Array.of(0, 1), [2], 'float32');
      const hot = emit('OneHot', [labels, ints(rows, [e.shape[0]!]), one], shaped(rows, [n, e.shape[0]!]), {
        attrs: { axis: -1 },
      });
      return [
        mul(sub(gemm(p, e), own), weight),
        (sofar) => gemm(mul(sub(p, hot), weight), rows, { transA: 1, add: sofar }),
      ];
    },
  })(x, table);
