import type { Value } from '../onnx/graph.ts';
import { defineOp, emit, like } from './define.ts';
import { neg } from './elementwise.ts';

/** Rotates pairs (i, i + R/2) of each head by the angle of its position. x [B, heads, T, D], positions [B, T] int64,
 *  cos and sin [P, R/2] with R ≤ D; dimensions beyond R pass. A rotation's gradient is the rotation back. */
export const rotary = (x: Value, positions: Value, cos: Value, sin: Value): Value => {
  const rotaryDim = cos.shape[1]! * 2;
  const partial = rotaryDim < x.shape[3]! ? { rotary_embedding_dim: rotaryDim, num_heads: x.shape[1]! } : {};
  const turn = (at: Value, s: Value) =>
    emit('RotaryEmbedding', [at, positions, cos, s], like(at), {
      domain: 'com.microsoft',
      attrs: { interleaved: 0, ...partial },
    });
  return defineOp<[x: Value]>({
    name: 'Rotary',
    forward: (at) => ({ y: turn(at, sin), saved: null }),
    grad: ({ g }) => [turn(g, neg(sin))],
  })(x);
};
