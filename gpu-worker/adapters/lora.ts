/** LoRA, https://arxiv.org/abs/2106.09685: y + s·(x·Aᵀ)·Bᵀ with s = α/r (or α/√r), where B starts at zero. */
import type { MethodOf } from '../../shared/contracts/method.ts';
import type { Linear, Seams, Tools } from '../nn/seams.ts';
import { scalar, type Value } from '../onnx/graph.ts';
import { add, mul } from '../ops/elementwise.ts';
import { slice } from '../ops/movement.ts';
import { lowRankDown, lowRankUp } from '../ops/product.ts';
import type { Adapter } from './adapter.ts';
import { dora } from './dora.ts';
import { loraConfig, readLora } from './lora-config.ts';
import { fits, isTarget, targetsIn } from './target.ts';

type Lora = MethodOf<'lora'>;

const chosen = <T>(path: string, patterns: Readonly<Record<string, T>>, otherwise: T): T => {
  const key = Object.keys(patterns).find((pattern) => fits(path, pattern));
  return key === undefined ? otherwise : patterns[key]!;
};

type Factors = { readonly r: number; readonly scale: number };
const factorsOf = (path: string, method: Lora): Factors => {
  const r = chosen(path, method.rank_pattern, method.r);
  const alpha = chosen(path, method.alpha_pattern, method.lora_alpha);
  return { r, scale: method.use_rslora ? alpha / Math.sqrt(r) : alpha / r };
};

const declareA = ({ path, in: width }: Linear, { r }: Factors, tools: Tools): Value =>
  tools.own(path, 'lora_A.weight', [r, width], { uniform: 1 / Math.sqrt(width) });

/** One linear with its factors; h [M, r] is x·Aᵀ. */
const adapted = (linear: Linear, a: Value, h: Value, factors: Factors, method: Lora, tools: Tools): Value => {
  const { path, out } = linear;
  const { r, scale } = factors;
  const b = tools.own(path, 'lora_B.weight', [out, r], { constant: 0 });
  if (method.use_dora) return dora(linear, { a, b, h, scale }, tools);
  const y = lowRankUp(h, b, linear.base(linear.x), scale);
  if (!method.lora_bias) return y;
  const bias = tools.own(path, 'lora_B.bias', [out], { constant: 0 });
  return add(y, mul(bias, scalar(bias, scale)));
};

/** Linears that read one x share the product with A: their factors are stacked, a wide product being quicker than several
 *  thin ones. */
const linears =
  (method: Lora): NonNullable<Seams['linears']> =>
  (group, tools) => {
    const targets = group.filter(({ path }) => isTarget(path, method.target_modules));
    const factors = targets.map(({ path }) => factorsOf(path, method));
    const down = targets.map((linear, i) => declareA(linear, factors[i]!, tools));
    const [first, ...rest] = down;
    const h = first && lowRankDown(group[0]!.x, [first, ...rest]);
    let at = 0;
    return group.map((linear) => {
      const i = targets.indexOf(linear);
      if (!h || i < 0) return linear.base(linear.x);
      const own = slice(h, 1, at, (at += factors[i]!.r));
      return adapted(linear, down[i]!, own, factors[i]!, method, tools);
    });
  };

/** Weights of `modules_to_save` travel in the adapter, whole: of a module whose path ends so, by PEFT's rule with or without a
 *  dot before it, and of all modules in it. */
const saved =
  (modules: readonly string[]): NonNullable<Seams['trains']> =>
  (_, use) => {
    const parts = use.split('.').slice(0, -1);
    const paths = parts.map((_part, i) => parts.slice(0, i + 1).join('.'));
    const meant = paths.some((path) => modules.some((name) => path.endsWith(name)));
    return meant ? `base_model.model.${use}` : null;
  };

export const lora: Adapter<'lora'> = {
  seams: (method, model) => {
    targetsIn(model, method.target_modules);
    const { modules_to_save: modules } = method;
    return { linears: linears(method), ...(modules.length > 0 && { trains: saved(modules) }) };
  },
  config: loraConfig,
  read: readLora,
};
