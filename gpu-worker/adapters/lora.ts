/** LoRA, https://arxiv.org/abs/2106.09685: y + (α/r)·(x·Aᵀ)·Bᵀ, where B starts at zero. */
import type { MethodOf } from '../../shared/contracts/method.ts';
import { slice } from '../ops/movement.ts';
import { lowRankDown, lowRankUp } from '../ops/product.ts';
import type { Seams } from '../nn/scope.ts';
import { isTarget } from './target.ts';

type Options = Pick<MethodOf<'lora'>, 'r' | 'lora_alpha' | 'target_modules'>;

/** Linears that read one x share the product with A: their factors are stacked, a wide product being quicker than several
 *  thin ones. */
export const lora = ({ r, lora_alpha, target_modules }: Options): Seams => ({
  linears: (group, declare) => {
    const targets = group.filter(({ path }) => isTarget(path, target_modules));
    const [first, ...rest] = targets.map(({ path, weight }) =>
      declare(path, 'lora_A.weight', [r, weight.shape[1]!], 'kaiming_uniform'),
    );
    const h = first && lowRankDown(group[0]!.x, [first, ...rest], lora_alpha / r);
    return group.map((linear) => {
      const at = targets.indexOf(linear);
      const y = linear.base(linear.x);
      if (!h || at < 0) return y;
      const b = declare(linear.path, 'lora_B.weight', [linear.weight.shape[0]!, r], 'zeros');
      return lowRankUp(slice(h, 1, at * r, (at + 1) * r), b, y);
    });
  },
});
