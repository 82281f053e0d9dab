/** An adapter folder in PEFT's form as seams of a model and the values that go with them. */
import { AppError } from '../../shared/errors.ts';
import type { Seams } from '../nn/scope.ts';
import { type AdapterConfig, type AdapterTensor, readAdapter } from '../weights/peft.ts';
import { lora } from './lora.ts';

/** PEFT options that change the arithmetic and that this engine does not have. */
const unsupported = (c: AdapterConfig): string[] => [
  ...(c.use_dora ? ['use_dora'] : []),
  ...(c.use_rslora ? ['use_rslora'] : []),
  ...(c.lora_bias ? ['lora_bias'] : []),
  ...(c.fan_in_fan_out ? ['fan_in_fan_out'] : []),
  ...(c.bias === 'none' ? [] : [`bias: ${c.bias}`]),
  ...(Object.keys(c.rank_pattern).length > 0 ? ['rank_pattern'] : []),
  ...(Object.keys(c.alpha_pattern).length > 0 ? ['alpha_pattern'] : []),
  ...(c.modules_to_save?.length ? ['modules_to_save'] : []),
];

export type LoadedAdapter = { readonly seams: Seams; readonly tensors: ReadonlyMap<string, AdapterTensor> };

export const loadAdapter = (dir: string): LoadedAdapter => {
  const { config, tensors } = readAdapter(dir);
  const wrong = unsupported(config);
  if (wrong.length > 0)
    throw new AppError(
      'unsupported_model',
      `${dir}: the onnx engine does not run adapters with ${wrong.join(', ')}`,
    );
  // the tensors say best which modules are meant, whatever form target_modules has
  const targets = [...tensors.keys()].flatMap(
    (key) => /^base_model\.model\.(.+)\.lora_A\.weight$/.exec(key)?.[1] ?? [],
  );
  return { seams: lora({ r: config.r, lora_alpha: config.lora_alpha, target_modules: targets }), tensors };
};
