import type { z } from 'zod';
import { ResolvedMethod } from '../../shared/contracts/method.ts';

/** A method with the defaults of what is not said. */
export const methodOf = (given: z.input<typeof ResolvedMethod>): ResolvedMethod =>
  ResolvedMethod.parse(given);
