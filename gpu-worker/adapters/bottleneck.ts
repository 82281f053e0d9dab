/** Bottleneck adapters: x + act(x·Dᵀ + d)·Uᵀ + u of what a module gives back, before it is added. After attention and MLP
 *  (Houlsby, https://arxiv.org/abs/1902.00751) or after the MLP (Pfeiffer, https://arxiv.org/abs/2005.00052). PEFT has none:
 *  the file's form is our own. U and both biases start at zero, so the first step starts from the base. */
import { z } from 'zod';
import type { MethodOf } from '../../shared/contracts/method.ts';
import type { Module, Tools } from '../nn/seams.ts';
import type { Value } from '../onnx/graph.ts';
import { add, gelu, relu, silu } from '../ops/elementwise.ts';
import { linear as product } from '../ops/product.ts';
import { parseConfig } from '../weights/peft.ts';
import type { Adapter } from './adapter.ts';

type Bottleneck = MethodOf<'bottleneck'>;
const ACTIVATIONS = { relu, silu, gelu } as const;

const added = (y: Value, { path }: Module, method: Bottleneck, tools: Tools): Value => {
  const [c, n] = [y.shape[1]!, method.bottleneck_size];
  const down = tools.own(path, 'adapter_down.weight', [n, c], { uniform: 1 / Math.sqrt(c) });
  const downBias = tools.own(path, 'adapter_down.bias', [n], { constant: 0 });
  const up = tools.own(path, 'adapter_up.weight', [c, n], { constant: 0 });
  const upBias = tools.own(path, 'adapter_up.bias', [c], { constant: 0 });
  const h = ACTIVATIONS[method.activation](add(product(y, down), downBias));
  return add(y, add(product(h, up), upBias));
};

const Config = z.looseObject({
  target_modules: z.array(z.enum(['self_attn', 'mlp'])).min(1),
  bottleneck_size: z.int().min(1),
  activation: z.enum(['relu', 'silu', 'gelu']),
});

export const bottleneck: Adapter<'bottleneck'> = {
  seams: (method) => ({
    output: (module, y, tools) => {
      const name = module.name === 'attn' ? 'self_attn' : module.name; // GPT-2's word for it
      return method.target_modules.some((target) => target === name) ? added(y, module, method, tools) : y;
    },
  }),
  config: ({ target_modules, bottleneck_size, activation }) => ({
    method: 'bottleneck',
    target_modules,
    bottleneck_size,
    activation,
  }),
  read: (file) => {
    const { target_modules, bottleneck_size, activation } = parseConfig(file, Config);
    return { type: 'bottleneck', target_modules, bottleneck_size, activation };
  },
};
