import { createHash, timingSafeEqual } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares digests, so that neither the key's length nor its first letters show in the time that an answer takes. */
export const bearerKey = (key: string) => {
  const expected = digest(key);
  return createMiddleware(async (c, next) => {
    const [scheme, token] = (c.req.header('authorization') ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !token)
      throw new AppError('invalid_api_key', 'No API key: send the header `Authorization: Bearer KEY`');
    if (!timingSafeEqual(digest(token), expected))
      throw new AppError(
        'invalid_api_key',
        'Wrong API key: the service keeps its own in admin.key of its home',
      );
    await next();
  });
};
