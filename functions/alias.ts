/** `models/<id>.json`: a tuned model's name → where its adapter is, and what it came from. */
import { z } from 'zod';
import { parseJson } from '../shared/json.ts';
import { keys } from '../shared/keys.ts';
import type { Storage } from '../shared/storage/driver.ts';

/** The alias is the model: without it there is none. */
const Alias = z.object({
  version: z.literal(1),
  id: z.string(),
  base: z.string(),
  method: z.string(),
  /** key prefix; ends in `/` */
  adapter: z.string(),
  /** what the recipe's method continued, as it was asked for; null where it began anew */
  init_from: z.string().nullable().default(null),
  job: z.string(),
  dataset: z.string(),
  project: z.string(),
  verdict: z.string().nullable(),
  created_at_ms: z.number().nullable(),
});
export type Alias = z.infer<typeof Alias>;

export const readAlias = async (storage: Storage, key: string): Promise<Alias | null> => {
  const bytes = await storage.read(key);
  return bytes && Alias.parse(parseJson(bytes));
};

export const findAlias = (storage: Storage, id: string): Promise<Alias | null> =>
  readAlias(storage, keys.model(id));
