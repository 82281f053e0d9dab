import { ints, type Shape, type Value } from '../onnx/graph.ts';
import { defineOp, emit, f, like, shaped } from './define.ts';
import { add, mul, sub } from './elementwise.ts';
import { sum } from './reduce.ts';

/** The shape of a reduction over the last axis. */
const ones = (shape: Shape): Shape => shape.with(shape.length - 1, 1);

/** Mean over the last axis, kept as size 1, as one node. */
const rowMean = (x: Value): Value =>
  emit('ReduceMean', [x, ints(x, [-1])], shaped(x, ones(x.shape)), { attrs: { keepdims: 1 } });

/** y = w·x·r with r = 1/√(mean(x²) + ε) over the last axis, w [C].
 *  dx = r·(w·g) − x·r²·mean(g·y), dw = Σ g·x·r over the rows */
export const rmsNorm = (x: Value, weight: Value, eps: number): Value =>
  defineOp<[x: Value, w: Value], Value>({
    name: 'RmsNorm',
    forward: (at, w) => {
      const [y, r] = at.graph.emit(
        'SimplifiedLayerNormalization',
        [at, w],
        [like(at), shaped(at, ones(at.shape))],
        { attrs: { axis: -1, epsilon: f(eps) } },
      ) as [Value, Value];
      return { y, saved: r };
    },
    grad: ({ g, x: [at, w], y, saved: r }) => {
      const rest = at.shape.slice(0, -1).map((_, i) => i);
      return [
        (sofar) => {
          const direct = mul(mul(g, w), r);
          const along = mul(at, mul(mul(r, r), rowMean(mul(g, y))));
          return sub(sofar ? add(sofar, direct) : direct, along);
        },
        sum(mul(g, mul(at, r)), rest),
      ];
    },
  })(x, weight);

/** y = w·(x − μ)·r + b with r = 1/√(var + ε) over the last axis, w and b [C]. With x̂ = (x − μ)·r and h = w·g:
 *  dx = r·(h − mean(h) − x̂·mean(h·x̂)), dw = Σ g·x̂, db = Σ g over the rows */
export const layerNorm = (x: Value, weight: Value, bias: Value, eps: number): Value =>
  defineOp<[x: Value, w: Value, b: Value], { mean: Value; r: Value }>({
    name: 'LayerNorm',
    forward: (at, w, b) => {
      const one = shaped(at, ones(at.shape));
      const [y, mean, r] = at.graph.emit('LayerNormalization', [at, w, b], [like(at), one, one], {
        attrs: { axis: -1, epsilon: f(eps) },
      }) as [Value, Value, Value];
      return { y, saved: { mean, r } };
    },
    grad: ({ g, x: [at, w], saved: { mean, r } }) => {
      const rest = at.shape.slice(0, -1).map((_, i) => i);
      const hat = mul(sub(at, mean), r);
      const h = mul(g, w);
      const dx = mul(r, sub(sub(h, rowMean(h)), mul(hat, rowMean(mul(h, hat)))));
      return [dx, sum(mul(g, hat), rest), sum(g, rest)];
    },
  })(x, weight, bias);
