/** What a method's file holds: how it changes a model, and how PEFT writes it down. */
import type { MethodOf, ResolvedMethod } from '../../shared/contracts/method.ts';
import { AppError } from '../../shared/errors.ts';
import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/seams.ts';
import type { AdapterFile } from '../weights/peft.ts';

export type Adapter<T extends ResolvedMethod['type']> = {
  seams(method: MethodOf<T>, model: Model): Seams;
  /** adapter_config.json, but for what all methods have */
  config(method: MethodOf<T>, model: Model): Readonly<Record<string, unknown>>;
  /** The method that a folder holds. Throws `unsupported_model` where it asks for arithmetic that is not here. */
  read(file: AdapterFile, model: Model): MethodOf<T>;
};

/** Refuses a folder whose configuration says otherwise than `only` allows, naming each field. */
export const refuse = (
  { dir, config }: AdapterFile,
  only: Readonly<Record<string, readonly unknown[]>>,
): void => {
  const wrong = Object.entries(only).flatMap(([field, allowed]) => {
    const value = config[field];
    const nothing = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
    return nothing || allowed.includes(value) ? [] : [`${field}: ${JSON.stringify(value)}`];
  });
  if (wrong.length > 0)
    throw new AppError(
      'unsupported_model',
      `${dir}: the onnx engine does not run adapters with ${wrong.join(', ')}`,
    );
};

/** Whether the checkpoint stores [in, out], as PEFT wants to know. */
export const fanInFanOut = ({ model_type }: Model): boolean => model_type === 'gpt2';
