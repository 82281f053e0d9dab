/** What a launcher hands to a container that waits for work, and the container reads: `worker --serve`. Small, since a
 *  cloud's queue takes little; no secret, since a cloud keeps it. */
import { z } from 'zod';

export const Invocation = z.strictObject({
  version: z.literal(1),
  spec_uri: z.string().min(1),
  /** uri of the store that the spec is in */
  store: z.string().min(1),
});
export type Invocation = z.infer<typeof Invocation>;

/** Function Compute takes no more in an asynchronous invocation. */
export const MAX_INVOCATION_BYTES = 128 * 1024;
