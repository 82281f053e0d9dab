/** What `auto` means in each method, and the learning rate that suits it. */
import type { Method, ResolvedMethod } from '../contracts/method.ts';
import type { Choose } from './choose.ts';

export const resolveMethod = (method: Method, choose: Choose): ResolvedMethod => {
  switch (method.type) {
    case 'lora': {
      const r = choose('method.r', method.r, [16, 'enough for a narrow task, small enough to be quick']);
      const lora_alpha = choose('method.lora_alpha', method.lora_alpha, [2 * r, 'twice the rank']);
      return { ...method, r, lora_alpha };
    }
    case 'oft': {
      const oft_block_size = choose('method.oft_block_size', method.oft_block_size, [32, "PEFT's default"]);
      return { ...method, oft_block_size };
    }
    case 'prefix':
    case 'prompt': {
      const num_virtual_tokens = choose('method.num_virtual_tokens', method.num_virtual_tokens, [
        20,
        'each one takes a place of the context',
      ]);
      return { ...method, num_virtual_tokens };
    }
    case 'bottleneck': {
      const bottleneck_size = choose('method.bottleneck_size', method.bottleneck_size, [
        64,
        'about as many values as LoRA of rank 16',
      ]);
      return { ...method, bottleneck_size };
    }
    case 'vera':
      return {
        ...method,
        r: choose('method.r', method.r, [256, "PEFT's default; only vectors are trained"]),
      };
    case 'ia3':
    case 'full':
      return method;
  }
};

/** Bases of a few megabytes, such as nano. */
export const isTiny = (parameters: number | null): boolean => parameters !== null && parameters < 5e6;

/** Learning rates by how much a method trains, and by the base's number of parameters (null: not known). */
export const rateFor = (type: Method['type'], parameters: number | null): [value: number, why: string] => {
  switch (type) {
    case 'ia3':
    case 'prefix':
    case 'prompt':
    case 'vera':
      return [1e-2, `${type} trains few values, which bear and need a high rate`];
    case 'full':
      return parameters !== null && parameters < 5e7
        ? [1e-3, 'a tiny model bears and needs a high rate']
        : [3e-5, 'every weight moves: small steps'];
    case 'lora':
    case 'oft':
    case 'bottleneck':
      if (parameters === null) return [5e-4, 'usual for an adapter of a small model'];
      if (isTiny(parameters)) return [5e-3, 'a tiny model bears and needs a very high rate'];
      if (parameters < 5e7) return [1e-3, 'a small model bears and needs a high rate'];
      return parameters < 1e9
        ? [5e-4, 'usual for an adapter below a billion parameters']
        : [2e-4, 'usual for an adapter of a large model'];
  }
};
