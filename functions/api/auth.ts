import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares digests, so that neither a key's length nor its first letters show in the time that an answer takes. */
const opens = (key: string): ((shown: string) => boolean) => {
  const expected = digest(key);
  return (shown) => timingSafeEqual(digest(shown), expected);
};

const credentials = (c: Context, scheme: string): string | undefined => {
  const [given = '', text] = (c.req.header('authorization') ?? '').split(' ');
  return given.toLowerCase() === scheme ? text || undefined : undefined;
};

export const bearerKey = (key: string) => {
  const right = opens(key);
  return createMiddleware(async (c, next) => {
    const token = credentials(c, 'bearer');
    if (token === undefined)
      throw new AppError('invalid_api_key', 'No API key: send the header `Authorization: Bearer KEY`');
    if (!right(token))
      throw new AppError(
        'invalid_api_key',
        'Wrong API key: the service keeps its own in admin.key of its home',
      );
    await next();
  });
};

/** Who tells of objects can rarely choose how to show a key: MinIO sends it as a bearer, SNS as the password in its
 *  endpoint's URL, Alibaba's EventBridge in a header of its own; Ceph takes a URL without a password only. */
const SHOWN: readonly ((c: Context) => string | undefined)[] = [
  (c) => credentials(c, 'bearer'),
  (c) => {
    const pair = Buffer.from(credentials(c, 'basic') ?? '', 'base64').toString();
    return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined;
  },
  (c) => c.req.header('x-eventbridge-signature-token'),
];

/** `token` opens the door of events and no other, so it may stand in a URL too (`?token=`), which proxies write down. */
export const eventsKey = ({ adminKey, token }: { adminKey: string; token: string | null }) => {
  const right = [adminKey, ...(token === null ? [] : [token])].map(opens);
  return createMiddleware(async (c, next) => {
    const shown = SHOWN.flatMap((find) => find(c) ?? []);
    const inUrl = token !== null && opens(token)(c.req.query('token') ?? '');
    if (!inUrl && !shown.some((key) => right.some((opened) => opened(key))))
      throw new AppError(
        'invalid_api_key',
        'No right to send events: show DROPTUNE_EVENTS_TOKEN or the admin key as a bearer token or as the password of the URL',
      );
    await next();
  });
};
