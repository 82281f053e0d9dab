import { randomBytes } from 'node:crypto';

/** 32 random bytes in the form of https://www.standardwebhooks.com. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
