/** The architectures, by `model_type` of config.json. */
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { gemma2, gemma3 } from './gemma.ts';
import { gpt2 } from './gpt2.ts';
import { granite } from './granite.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import type { Model } from './model.ts';
import { olmo2 } from './olmo2.ts';
import { phi3 } from './phi3.ts';
import { qwen2, qwen3 } from './qwen.ts';
import { smollm3 } from './smollm3.ts';

const MODELS: Readonly<Record<string, (config: unknown) => Model>> = {
  llama,
  mistral,
  qwen2,
  qwen3,
  gemma2,
  gemma3_text: gemma3,
  phi3,
  gpt2,
  smollm3,
  olmo2,
  granite,
};

/** The model that a config.json describes; an unknown `model_type` is refused with the list of those known. */
export const modelFor = (config: Readonly<Record<string, unknown>>): Model => {
  const type = String(config['model_type']);
  const make = Object.hasOwn(MODELS, type) ? MODELS[type] : undefined;
  if (!make)
    throw new AppError(
      'unsupported_model',
      `model_type "${type}" is not among those the onnx engine knows: ${Object.keys(MODELS).join(', ')}`,
      { hint: 'Choose another base; the torch engine will take every architecture that Transformers knows' },
    );
  try {
    return make(config);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new AppError('unsupported_model', `config.json of a ${type}: ${z.prettifyError(error)}`, {
      cause: error,
    });
  }
};
