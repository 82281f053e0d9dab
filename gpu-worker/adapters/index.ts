/** The methods, by the contract's names: one without a file does not compile. */
import type { MethodOf, ResolvedMethod } from '../../shared/contracts/method.ts';
import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/seams.ts';
import type { Adapter } from './adapter.ts';
import { bottleneck } from './bottleneck.ts';
import { full } from './full.ts';
import { ia3 } from './ia3.ts';
import { lora } from './lora.ts';
import { oft } from './oft.ts';
import { vera } from './vera.ts';
import { prefix, prompt } from './virtual.ts';

export const ADAPTERS: { readonly [T in ResolvedMethod['type']]: Adapter<T> } = {
  lora,
  oft,
  ia3,
  prefix,
  prompt,
  bottleneck,
  vera,
  full,
};

const adapterOf = <T extends ResolvedMethod['type']>({ type }: MethodOf<T>): Adapter<T> =>
  ADAPTERS[type as T] as unknown as Adapter<T>;

export const seamsOf = (method: ResolvedMethod, model: Model): Seams =>
  adapterOf(method).seams(method, model);

/** adapter_config.json of a method on a model, but for what all methods have. */
export const configOf = (method: ResolvedMethod, model: Model): Readonly<Record<string, unknown>> =>
  adapterOf(method).config(method, model);
