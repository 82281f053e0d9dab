/** JSON Web Tokens, RFC 7519, whose header says so. */
import type { Recogniser } from './recogniser.ts';
import { LONG } from './triggers.ts';

const isHeader = (value: string): boolean => {
  try {
    const header = atob(value.split('.')[0]!.replaceAll('-', '+').replaceAll('_', '/'));
    return /"(?:alg|typ|enc)"\s*:/.test(header);
  } catch {
    return false; // not base64
  }
};

export const jwt: Recogniser = {
  type: 'jwt',
  rules: [
    {
      needs: LONG,
      pattern:
        /(?<![\w-])ey[IJ][\w-]{10,2048}\.(?:ey[IJ][\w-]{6,8192}|[\w-]{6,8192})\.[\w-]{0,4096}(?:\.[\w-]{1,8192}){0,2}/g,
      confidence: 0.95,
      judge: isHeader,
    },
  ],
  substitute: () => '[JWT]',
};
