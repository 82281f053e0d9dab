/** Private keys: PEM (RFC 7468), OpenSSH, PGP and PuTTY, whole or cut off, with real or escaped line breaks. */
import type { Recogniser } from './recogniser.ts';
import { DASHES, LONG } from './triggers.ts';

const BETWEEN = `(?:\\\\[nr]|[\\s"',+])*`;
const BASE64 = '[A-Za-z\\d+/=]';
/** headers such as DEK-Info, lines of base64, and whatever ends it */
const PEM = new RegExp(
  '-----BEGIN (?:[A-Z\\d ]{0,24} )?PRIVATE KEY(?: BLOCK)?-----' +
    `(?:${BETWEEN}(?:[A-Za-z-]{3,20}: [^\\n\\\\]{1,100}|${BASE64}{16,16384}))*` +
    `(?:${BETWEEN}${BASE64}{0,15}${BETWEEN}-----END [A-Z\\d ]{0,32}PRIVATE KEY(?: BLOCK)?-----)?`,
  'g',
);

export const privateKey: Recogniser = {
  type: 'private_key',
  rules: [
    {
      needs: DASHES,
      pattern: PEM,
      confidence: 0.98,
      judge: (value) => value.length > 80 || 0.4, // a header alone is talk about keys
    },
    {
      needs: LONG,
      hints: ['PuTTY-User-Key'],
      pattern: /PuTTY-User-Key-File-\d: [\s\S]{1,4096}?Private-Lines: \d{1,3}\s[A-Za-z\d+/=\s]{20,4096}/g,
      confidence: 0.95,
    },
    { needs: LONG, pattern: /AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/g, confidence: 0.98 },
  ],
  substitute: () => '[PRIVATE_KEY]',
};
