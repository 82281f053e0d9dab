/** (IA)³, https://arxiv.org/abs/2205.05638: l∘(x·Wᵀ + b) of a module, (l∘x)·Wᵀ + b of a feed-forward one; l starts at one. */
import { z } from 'zod';
import type { MethodOf } from '../../shared/contracts/method.ts';
import type { Model } from '../models/model.ts';
import type { Linear, Tools } from '../nn/seams.ts';
import type { Value } from '../onnx/graph.ts';
import { mul } from '../ops/elementwise.ts';
import { reshape } from '../ops/movement.ts';
import type { AdapterFile } from '../weights/peft.ts';
import { type Adapter, fanInFanOut, refuse } from './adapter.ts';
import { isTarget, modulesWith, targetsIn } from './target.ts';

type Ia3 = MethodOf<'ia3'>;
type Modules = { readonly target_modules: string[]; readonly feedforward_modules: string[] };

/** PEFT's defaults (utils/constants.py); an architecture that it does not list has Llama's places. */
const DEFAULTS: Readonly<Record<string, Modules>> = {
  gpt2: { target_modules: ['c_attn', 'mlp.c_proj'], feedforward_modules: ['mlp.c_proj'] },
  phi3: { target_modules: ['qkv_proj', 'down_proj'], feedforward_modules: ['down_proj'] },
  ...Object.fromEntries(
    ['gemma2', 'gemma3_text', 'qwen2', 'qwen3'].map((type) => [
      type,
      { target_modules: ['q_proj', 'v_proj', 'down_proj'], feedforward_modules: ['down_proj'] },
    ]),
  ),
};
const LLAMA: Modules = {
  target_modules: ['k_proj', 'v_proj', 'down_proj'],
  feedforward_modules: ['down_proj'],
};

const modulesOf = (method: Ia3, { model_type }: Model): Modules => {
  const usual = DEFAULTS[model_type] ?? LLAMA;
  return {
    target_modules: method.target_modules ?? usual.target_modules,
    feedforward_modules: method.feedforward_modules ?? usual.feedforward_modules,
  };
};

const scaled = (linear: Linear, feedforward: boolean, tools: Tools): Value => {
  const { path, x, in: width, out } = linear;
  const shape = feedforward ? [1, width] : [out, 1];
  const l = tools.own(path, 'ia3_l', shape, { constant: 1 });
  if (feedforward) return linear.base(mul(x, l));
  return mul(linear.base(x), reshape(l, [1, out]));
};

/** The file's own list, where it is one of names. It may be a regular expression, or of ends of names without a dot; the
 *  shape of l says the same: [1, in], or [out, 1]. */
const feedforwardOf = ({ config, tensors }: AdapterFile, targets: readonly string[]): string[] => {
  const wide = modulesWith(
    [...tensors].filter(([, { shape }]) => shape[0] === 1).map(([name]) => name),
    'ia3_l',
  );
  const names = z.array(z.string()).safeParse(config['feedforward_modules']).data;
  const same = names && targets.every((path) => isTarget(path, names) === wide.includes(path));
  return same ? names : wide;
};

export const ia3: Adapter<'ia3'> = {
  seams: (method, model) => {
    const { target_modules, feedforward_modules } = modulesOf(method, model);
    targetsIn(model, target_modules);
    return {
      linears: (group, tools) =>
        group.map((linear) =>
          isTarget(linear.path, target_modules)
            ? scaled(linear, isTarget(linear.path, feedforward_modules), tools)
            : linear.base(linear.x),
        ),
    };
  },
  config: (method, model) => ({
    peft_type: 'IA3',
    exclude_modules: null,
    fan_in_fan_out: fanInFanOut(model),
    init_ia3_weights: true,
    modules_to_save: null,
    ...modulesOf(method, model),
  }),
  read: (file) => {
    refuse(file, { modules_to_save: [] });
    const target_modules = modulesWith(file.tensors.keys(), 'ia3_l');
    return { type: 'ia3', target_modules, feedforward_modules: feedforwardOf(file, target_modules) };
  },
};
