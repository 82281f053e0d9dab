/** Every weight of the base is trained. What is saved is a model, not an adapter: `weights/base.ts` writes it. */
import type { Adapter } from './adapter.ts';

export const full: Adapter<'full'> = {
  seams: () => ({ trains: (name) => name }),
  config: () => ({}),
  read: () => ({ type: 'full' }),
};
