/** VeRA, https://arxiv.org/abs/2310.11454: y + b∘((d∘(x·Aᵀ))·Bᵀ), where A and B are random, frozen and shared by all linears,
 *  each taking the corner that fits it; they travel in the adapter. */
import { z } from 'zod';
import type { MethodOf } from '../../shared/contracts/method.ts';
import type { Linear, Tools } from '../nn/seams.ts';
import type { Value } from '../onnx/graph.ts';
import { add, mul } from '../ops/elementwise.ts';
import { slice } from '../ops/movement.ts';
import { linear as product } from '../ops/product.ts';
import { parseConfig } from '../weights/peft.ts';
import { type Adapter, fanInFanOut, refuse } from './adapter.ts';
import { isTarget, listed, modulesWith, targetsIn } from './target.ts';

type Vera = MethodOf<'vera'>;
/** widest input and output among the targets */
type Widest = { readonly in: number; readonly out: number };

const shared = (
  tools: Tools,
  part: 'vera_A' | 'vera_B',
  shape: readonly [number, number],
  key: number,
): Value =>
  tools.declare({
    as: part,
    name: `base_model.${part}`,
    shape,
    // Kaiming with a = 0, as PEFT's; its numbers are torch's, ours follow from the key
    init: { uniform: Math.sqrt(6 / shape[1]), seed: key },
    fixed: true,
  });

const adapted = (linear: Linear, method: Vera, widest: Widest, tools: Tools): Value => {
  const { path, x, in: width, out } = linear;
  const { r, projection_prng_key: key } = method;
  const a = slice(shared(tools, 'vera_A', [r, widest.in], key), 1, 0, width);
  const b = slice(shared(tools, 'vera_B', [widest.out, r], key), 0, 0, out);
  const d = tools.own(path, 'vera_lambda_d', [r], { constant: method.d_initial });
  const l = tools.own(path, 'vera_lambda_b', [out], { constant: 0 });
  return add(linear.base(x), mul(product(mul(product(x, a), d), b), l));
};

const Config = z.looseObject({
  r: z.int().min(1),
  d_initial: z.number().default(0.1),
  projection_prng_key: z.int().default(0),
});

export const vera: Adapter<'vera'> = {
  seams: (method, model) => {
    const targets = targetsIn(model, method.target_modules);
    const widest = {
      in: Math.max(...targets.map((t) => t.in)),
      out: Math.max(...targets.map((t) => t.out)),
    };
    return {
      linears: (group, tools) =>
        group.map((linear) =>
          isTarget(linear.path, method.target_modules)
            ? adapted(linear, method, widest, tools)
            : linear.base(linear.x),
        ),
    };
  },
  config: (method, model) => ({
    peft_type: 'VERA',
    bias: 'none',
    d_initial: method.d_initial,
    fan_in_fan_out: fanInFanOut(model),
    init_weights: true,
    layers_pattern: null,
    layers_to_transform: null,
    modules_to_save: null,
    projection_prng_key: method.projection_prng_key,
    r: method.r,
    save_projection: true,
    target_modules: listed(model, method.target_modules),
    vera_dropout: 0,
  }),
  read: (file) => {
    refuse(file, { bias: ['none'], modules_to_save: [], save_projection: [true] });
    const { r, d_initial, projection_prng_key } = parseConfig(file, Config);
    const target_modules = modulesWith(file.tensors.keys(), 'vera_lambda_d');
    return { type: 'vera', r, d_initial, projection_prng_key, target_modules };
  },
};
