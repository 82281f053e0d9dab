/** The receiving side of `sign`: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
import { timingSafeEqual } from 'node:crypto';
import { sign } from './sign.ts';

const TOLERANCE_SECONDS = 300;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Whether somebody who knows the secret sent this body within the last five minutes. Header names in lower case. */
export const verify = (secret: string, headers: Headers, body: string, now_ms: number): boolean => {
  const [id, time, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (typeof id !== 'string' || typeof time !== 'string' || typeof signatures !== 'string') return false;
  const at = Number(time);
  if (!Number.isInteger(at) || Math.abs(now_ms / 1000 - at) > TOLERANCE_SECONDS) return false;
  const expected = Buffer.from(sign(secret, { id, at_ms: at * 1000, body })['webhook-signature']);
  // several signatures stand side by side while a secret is changed
  return signatures.split(' ').some((given) => {
    const bytes = Buffer.from(given);
    return bytes.length === expected.length && timingSafeEqual(bytes, expected);
  });
};
