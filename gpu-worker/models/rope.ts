/** Rotary frequencies as transformers' `modeling_rope_utils` computes them:
 *  https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_rope_utils.py */
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';

const Parameters = z.looseObject({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: z.number().optional(),
  partial_rotary_factor: z.number().optional(),
  factor: z.number().nullish(),
  attention_factor: z.number().nullish(),
  low_freq_factor: z.number().optional(),
  high_freq_factor: z.number().optional(),
  original_max_position_embeddings: z.number().optional(),
  beta_fast: z.number().nullish(),
  beta_slow: z.number().nullish(),
  mscale: z.number().nullish(),
  mscale_all_dim: z.number().nullish(),
  truncate: z.boolean().optional(),
  short_factor: z.array(z.number()).optional(),
  long_factor: z.array(z.number()).optional(),
});
export type RopeParameters = z.infer<typeof Parameters>;
/** One set of parameters, or one for each type of layer (`sliding_attention`, `full_attention`). */
const ByLayerType = z.record(z.string(), z.unknown()).transform((given): Record<string, RopeParameters> => {
  const nested = Object.values(given).some((value) => typeof value === 'object' && !Array.isArray(value));
  const all = nested ? given : { '': given };
  return Object.fromEntries(
    Object.entries(all).map(([type, value]) => [type, Parameters.parse(value ?? {})]),
  );
});

/** Either spelling of config.json: `rope_parameters` (transformers 5) or `rope_theta` with `rope_scaling`. */
export const RopeConfig = {
  rope_theta: z.number().optional(),
  partial_rotary_factor: z.number().optional(),
  original_max_position_embeddings: z.number().optional(),
  rope_scaling: Parameters.nullish(),
  rope_parameters: ByLayerType.nullish(),
};
type Config = {
  readonly rope_theta?: number | undefined;
  readonly partial_rotary_factor?: number | undefined;
  readonly original_max_position_embeddings?: number | undefined;
  readonly max_position_embeddings: number;
  readonly rope_scaling?: RopeParameters | null | undefined;
  readonly rope_parameters?: Readonly<Record<string, RopeParameters>> | null | undefined;
};

/** Radians a position turns each of the R/2 pairs, and what cos and sin are multiplied by. `beyond` takes over where a token
 *  of a batch stands behind the first `places`. */
export type Rope = {
  readonly inverse: Float64Array;
  readonly factor: number;
  readonly beyond: { readonly places: number; readonly inverse: Float64Array } | null;
};

/** Whether rows that reach so many places are turned at other frequencies than short ones. */
export const isBeyond = (ropes: readonly Rope[], places: number): boolean =>
  ropes.some(({ beyond }) => beyond !== null && places > beyond.places);

/** Llama 3.1: long waves are divided by `factor`, short ones kept, those between blended. */
const llama3 = (frequency: number, p: RopeParameters): number => {
  const { low_freq_factor: low = 1, high_freq_factor: high = 4 } = p;
  const [factor, old] = [p.factor ?? 8, p.original_max_position_embeddings ?? 8192];
  const wave = (2 * Math.PI) / frequency;
  if (wave < old / high) return frequency;
  if (wave > old / low) return frequency / factor;
  const smooth = (old / wave - low) / (high - low);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
};

/** YaRN, https://arxiv.org/abs/2309.00071: a ramp over the pairs from kept to divided. */
const yarn = (plain: Float64Array, dim: number, theta: number, factor: number, p: RopeParameters) => {
  const old = p.original_max_position_embeddings ?? 1;
  const at = (turns: number) => (dim * Math.log(old / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const [first, last] = [at(p.beta_fast ?? 32), at(p.beta_slow ?? 1)];
  const [from, to] = p.truncate === false ? [first, last] : [Math.floor(first), Math.ceil(last)];
  const low = Math.max(from, 0);
  const high = Math.min(to, dim - 1);
  const width = low === high ? 0.001 : high - low;
  const inverse = plain.map((frequency, i) => {
    const divided = Math.min(1, Math.max(0, (i - low) / width));
    return (frequency / factor) * divided + frequency * (1 - divided);
  });
  const mscale = (m: number) => (factor <= 1 ? 1 : 0.1 * m * Math.log(factor) + 1);
  const own = p.mscale && p.mscale_all_dim ? mscale(p.mscale) / mscale(p.mscale_all_dim) : mscale(1);
  return { inverse, factor: p.attention_factor ?? own, beyond: null };
};

/** Phi-3's two sets of divisors: one up to the original length, one beyond. */
const longrope = (plain: Float64Array, old: number, factor: number, p: RopeParameters): Rope => {
  const by = (divisors: readonly number[] | undefined) => plain.map((f, i) => f / (divisors?.[i] ?? 1));
  const own = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(old));
  const beyond = { places: old, inverse: by(p.long_factor) };
  return { inverse: by(p.short_factor), factor: p.attention_factor ?? own, beyond };
};

/** What the config says of one type of layer, in either spelling. */
export const ropeParameters = (config: Config, layerType = ''): RopeParameters => {
  const { rope_parameters: all, rope_scaling, rope_theta } = config;
  const given = all ? (all[layerType] ?? all[''] ?? {}) : (rope_scaling ?? {});
  const original = given.original_max_position_embeddings ?? config.original_max_position_embeddings;
  return {
    ...given,
    rope_theta: given.rope_theta ?? rope_theta,
    ...(original !== undefined && { original_max_position_embeddings: original }),
  };
};

const unscaled = (inverse: Float64Array): Rope => ({ inverse, factor: 1, beyond: null });

/** θ^(−2i/R) where R dimensions of a head are turned, scaled as the parameters say. */
export const ropeOf = (p: RopeParameters, turned: number, longest: number, defaultTheta = 10_000): Rope => {
  const theta = p.rope_theta ?? defaultTheta;
  const plain = Float64Array.from({ length: turned / 2 }, (_, i) => theta ** ((-2 * i) / turned));
  const old = p.original_max_position_embeddings ?? longest;
  const factor = p.factor ?? longest / old;
  const type = p.rope_type ?? p.type ?? 'default';
  switch (type) {
    case 'default':
      return unscaled(plain);
    case 'linear':
      return unscaled(plain.map((frequency) => frequency / factor));
    case 'llama3':
      return unscaled(plain.map((frequency) => llama3(frequency, p)));
    case 'yarn':
      return yarn(plain, turned, theta, factor, { ...p, original_max_position_embeddings: old });
    case 'longrope':
    case 'su':
      return longrope(plain, old, factor, p);
    default:
      throw new AppError(
        'unsupported_model',
        `config.json asks for rotary type "${type}"; this engine knows default, linear, llama3, yarn and longrope`,
      );
  }
};

/** The one kind of rotary embedding of a model whose layers are alike. */
export const plainRope = (config: Config, dim: number, defaultTheta?: number): Rope =>
  ropeOf(ropeParameters(config), dim, config.max_position_embeddings, defaultTheta);

/** The same where the model turns a part of each head, as `partial_rotary_factor` says. */
export const partialRope = (config: Config, dim: number): Rope => {
  const p = ropeParameters(config);
  const turned = Math.floor(dim * (p.partial_rotary_factor ?? config.partial_rotary_factor ?? 1));
  return ropeOf(p, turned, config.max_position_embeddings);
};
