/** Rotary frequencies as transformers' `modeling_rope_utils` computes them. */
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';

const Parameters = z.looseObject({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: z.number().optional(),
  factor: z.number().optional(),
  low_freq_factor: z.number().optional(),
  high_freq_factor: z.number().optional(),
  original_max_position_embeddings: z.number().optional(),
});
/** Either spelling of config.json: `rope_parameters` (transformers 5) or `rope_theta` with `rope_scaling`. */
export const RopeConfig = {
  rope_theta: z.number().optional(),
  rope_scaling: Parameters.nullish(),
  rope_parameters: Parameters.nullish(),
};
type Config = {
  readonly rope_theta?: number | undefined;
  readonly rope_scaling?: z.infer<typeof Parameters> | null | undefined;
  readonly rope_parameters?: z.infer<typeof Parameters> | null | undefined;
};

/** Llama 3.1: long waves are divided by `factor`, short ones kept, those between blended.
 *  https://github.com/huggingface/transformers/blob/main/src/transformers/modeling_rope_utils.py */
const llama3 = (frequency: number, p: z.infer<typeof Parameters>): number => {
  const { factor = 8, low_freq_factor: low = 1, high_freq_factor: high = 4 } = p;
  const old = p.original_max_position_embeddings ?? 8192;
  const wave = (2 * Math.PI) / frequency;
  if (wave < old / high) return frequency;
  if (wave > old / low) return frequency / factor;
  const smooth = (old / wave - low) / (high - low);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
};

/** [dim/2] radians a position: θ^(−2i/dim), scaled as the config says. */
export const inverseFrequencies = (config: Config, dim: number): Float64Array => {
  const parameters = config.rope_parameters ?? config.rope_scaling ?? {};
  const theta = parameters.rope_theta ?? config.rope_theta ?? 10_000;
  const type = parameters.rope_type ?? parameters.type ?? 'default';
  const plain = Float64Array.from({ length: dim / 2 }, (_, i) => theta ** ((-2 * i) / dim));
  if (type === 'default') return plain;
  if (type === 'linear') return plain.map((frequency) => frequency / (parameters.factor ?? 1));
  if (type === 'llama3') return plain.map((frequency) => llama3(frequency, parameters));
  throw new AppError(
    'unsupported_model',
    `config.json asks for rotary type "${type}"; this engine knows default, linear and llama3`,
  );
};
