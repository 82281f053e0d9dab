import { z } from 'zod';

/** The codes of `shared/errors.ts`, for contracts (which import nothing): a test holds the two lists together. */
export const ErrorCode = z.string().regex(/^[a-z_]+$/);
