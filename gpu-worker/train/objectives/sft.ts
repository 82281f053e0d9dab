/** Mean −log p over all targets of the step, by weight: never a mean of means over its passes. */
import type { Objective } from './objective.ts';

export const sft = (): Objective => ({
  unit: 1,
  referenced: false,
  mismatched: false,
  shares: ({ passes }) => {
    const all = passes.reduce((sum, { targets }) => sum + targets.weight.reduce((s, w) => s + w, 0), 0);
    if (all === 0) throw new TypeError('a step without targets has no loss');
    const fixed = ({ targets }: (typeof passes)[number]) => targets.weight.map((w) => w / all);
    return {
      fixed,
      weigh: (batch, nll) => {
        const scale = fixed(batch);
        return { loss: nll.reduce((sum, x, i) => sum + x * scale[i]!, 0), scale, report: {} };
      },
    };
  },
  figures: () => ({}),
});
