/** https://www.standardwebhooks.com: HMAC-SHA256 over `id.timestamp.body`, key = base64 behind `whsec_`. Pure. */
import { createHmac } from 'node:crypto';

export type Signed = {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
};

/** Headers of one delivery; `at_ms` is the time of this try. Throws TypeError for an empty secret. */
export const sign = (
  secret: string,
  { id, at_ms, body }: { id: string; at_ms: number; body: string },
): Signed => {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (key.length === 0) throw new TypeError('A webhook secret is base64, not empty');
  const timestamp = String(Math.floor(at_ms / 1000));
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${digest}` };
};
