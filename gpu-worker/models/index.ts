/** The architectures, by `model_type` of config.json. */
import { AppError } from '../../shared/errors.ts';
import { llama } from './llama.ts';
import type { Model } from './model.ts';

const MODELS: Readonly<Record<string, (config: unknown) => Model>> = { llama };

/** The model that a config.json describes; an unknown `model_type` is refused with the list of those known. */
export const modelFor = (config: Readonly<Record<string, unknown>>): Model => {
  const type = String(config['model_type']);
  const make = MODELS[type];
  if (!make)
    throw new AppError(
      'unsupported_model',
      `model_type "${type}" is not among those the onnx engine knows: ${Object.keys(MODELS).join(', ')}`,
    );
  return make(config);
};
