import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const LARGEST_FAIR_BYTE = 252; // 7 · 36: above it the first letters would come up more often

/** `ftjob-` and the like, then 20 characters of [0-9a-z]: guessable by no one. */
export const newId = (
  prefix: 'ftjob-' | 'file-' | 'ds_' | 'evt_' | 'ftckpt_' | 'we_' | 'wd_' | 'msg_',
): string => {
  let text = '';
  while (text.length < 20)
    for (const byte of randomBytes(24))
      if (byte < LARGEST_FAIR_BYTE && text.length < 20) text += ALPHABET[byte % 36];
  return prefix + text;
};
