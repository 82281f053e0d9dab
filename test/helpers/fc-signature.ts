/** Function Compute's check of a request, from its documentation and none of the SDK's code.
 *  https://www.alibabacloud.com/help/en/function-compute/latest/signature-authentication */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type Account = {
  readonly account: string;
  readonly id: string;
  readonly secret: string;
  readonly token?: string;
};

const SKEW_MS = 15 * 60_000;

/** The body's digest is the base64 of the 32 letters of its MD5, not of its 16 bytes. */
const digestOf = (body: Buffer): string =>
  Buffer.from(createHash('md5').update(body).digest('hex')).toString('base64');

/** The code of the error that the request deserves, null for one that is in order. */
export const refuseRequest = (
  { method, url = '', headers }: IncomingMessage,
  body: Buffer,
  { account, id, secret, token }: Account,
): { status: number; code: string } | null => {
  const [, key, signature] = /^FC ([^:]+):(.+)$/.exec(headers.authorization ?? '') ?? [];
  if (key !== id) return { status: 403, code: 'InvalidAccessKeyID' };
  if (headers['x-fc-security-token'] !== token) return { status: 403, code: 'InvalidSecurityToken' };
  if (headers['x-fc-account-id'] !== account) return { status: 403, code: 'AccessDenied' };
  const date = Date.parse(headers.date ?? '');
  if (!(Math.abs(Date.now() - date) < SKEW_MS)) return { status: 403, code: 'RequestTimeTooSkewed' };
  const own = Object.keys(headers).filter((name) => name.startsWith('x-fc-'));
  const text = [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    headers.date,
    ...own.toSorted().map((name) => `${name}:${String(headers[name])}`),
    decodeURIComponent(url.split('?')[0]!),
  ].join('\n');
  const expected = createHmac('sha256', secret).update(text).digest('base64');
  if (signature !== expected) return { status: 403, code: 'SignatureNotMatch' };
  if (body.length > 0 && headers['content-md5'] !== digestOf(body))
    return { status: 400, code: 'InvalidContentMD5' };
  return null;
};
