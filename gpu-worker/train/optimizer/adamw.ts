/** AdamW, https://arxiv.org/abs/1711.05101, step for step as torch.optim.AdamW in float32. */
import { endOf, type OpenOptimizer, type Rates, type Span, spansOf } from './optimizer.ts';

/** What one step multiplies by, of t steps made with it. */
export const factorsOf = (
  t: number,
  { lr, weight_decay, beta1 = 0.9, beta2 = 0.999, eps = 1e-8 }: Rates,
  { rate, decay }: Pick<Span, 'rate' | 'decay'>,
) => ({
  beta1,
  beta2,
  eps,
  keep: decay ? 1 - lr * rate * weight_decay : 1,
  rate: (lr * rate) / (1 - beta1 ** t),
  root: Math.sqrt(1 - beta2 ** t),
});

export type Moments = { readonly m: Float32Array; readonly v: Float32Array };

/** p −= lr·wd·p, then p −= lr·(m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε), over `n` values from `from`; the moments begin at `at`. */
export const adamwSpan = (
  values: Float32Array,
  gradients: Float32Array,
  moments: Moments,
  { from, n, at, shrink }: { from: number; n: number; at: number; shrink: number },
  { beta1, beta2, eps, keep, rate, root }: ReturnType<typeof factorsOf>,
): void => {
  const [p, g] = [values.subarray(from, from + n), gradients.subarray(from, from + n)];
  const [m, v] = [moments.m.subarray(at, at + n), moments.v.subarray(at, at + n)];
  for (let i = 0; i < p.length; i++) {
    const gi = g[i]! * shrink;
    const mi = (m[i] = beta1 * m[i]! + (1 - beta1) * gi);
    const vi = (v[i] = beta2 * v[i]! + (1 - beta2) * gi * gi);
    p[i] = p[i]! * keep - (rate * mi) / (Math.sqrt(vi) / root + eps);
  }
};

export const openAdamW: OpenOptimizer = (groups) => {
  const n = endOf(groups);
  const moments = { m: new Float32Array(n), v: new Float32Array(n) };
  const spans = spansOf(groups);
  return {
    steps: 0,
    arrays: moments,
    update(values, gradients, shrink, rates) {
      this.steps++;
      for (const span of spans) {
        const { from, to } = span;
        const factors = factorsOf(this.steps, rates, span);
        adamwSpan(values, gradients, moments, { from, n: to - from, at: from, shrink }, factors);
      }
    },
  };
};
