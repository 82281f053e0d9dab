/** LoRA, https://arxiv.org/abs/2106.09685: y + (α/r)·(x·Aᵀ)·Bᵀ, where B starts at zero. */
import type { ResolvedLora } from '../../shared/contracts/method.ts';
import { lowRank } from '../ops/product.ts';
import type { Seams } from '../nn/scope.ts';
import { isTarget } from './target.ts';

type Options = Pick<ResolvedLora, 'r' | 'lora_alpha' | 'target_modules'>;

export const lora = ({ r, lora_alpha, target_modules }: Options): Seams => ({
  linear: ({ path, x, weight, base }, declare) => {
    const y = base(x);
    if (!isTarget(path, target_modules)) return y;
    const [out, input] = weight.shape as [number, number];
    const a = declare(path, 'lora_A.weight', [r, input], 'kaiming_uniform');
    const b = declare(path, 'lora_B.weight', [out, r], 'zeros');
    return lowRank(x, a, b, y, lora_alpha / r);
  },
});
