/** E-mail addresses. Those of reserved domains (RFC 2606) and of nobody who reads (noreply, git@) are low. */
import type { Recogniser } from './recogniser.ts';
import { AT } from './triggers.ts';

const LOCAL = /[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/;
const HAN_LOCAL = /[\u4e00-\u9fff]{1,8}$/;
const RESERVED = /(?:^|[.@])(?:example(?:\.(?:com|net|org|cn))?|test|invalid|localhost|local|localdomain)$/i;
const NOBODY =
  /@your[\w-]*\.|^(?:your[\w.-]*|no-?reply|do-?not-?reply|git|npm|postmaster|mailer-daemon|xxx+)@/i;
/** what follows @ in file names such as icon@2x.png, and in code */
const FILES = /\.(?:png|jpe?g|gif|svg|webp|pdf|jsx?|tsx?|mjs|css|s?html?|json|ya?ml|py|md|txt|zip|gz)$/i;
const COMMON =
  /\.(?:com|net|org|edu|gov|mil|int|info|biz|io|ai|app|dev|me|co|xyz|top|site|online|shop|club|tech|cloud|[a-z]{2}|xn--[a-z\d-]+)$/i;

const judge = (value: string): boolean | number => {
  const local = value.slice(0, value.lastIndexOf('@'));
  if (local.includes('..') || FILES.test(value)) return false;
  if (RESERVED.test(value)) return 0.2;
  if (NOBODY.test(value)) return 0.2;
  return COMMON.test(value) ? 0.95 : 0.6;
};

const startOf = (before: string): number => {
  const local = LOCAL.exec(before) ?? HAN_LOCAL.exec(before);
  if (!local) return -1;
  // quotes, slashes and marks of other languages stand before an address more often than in it
  return local.index + (/^(?:.*[/=`'"|{}?&!#$%^*~]|[.+-]+)/.exec(local[0])?.[0].length ?? 0);
};

export const email: Recogniser = {
  type: 'email',
  rules: [
    {
      needs: AT,
      pattern:
        /[@＠](?:[a-z\d\u00c0-\u024f\u4e00-\u9fff](?:[a-z\d\u00c0-\u024f\u4e00-\u9fff-]{0,61}[a-z\d\u00c0-\u024f\u4e00-\u9fff])?\.){1,8}(?:xn--[a-z\d-]{2,59}|[a-z]{2,24})(?![a-z\d])/gi,
      confidence: 0.95,
      within: ({ 0: domain, index, input }) => {
        const start = startOf(input.slice(Math.max(0, index - 64), index));
        return start < 0 || start >= Math.min(64, index)
          ? null
          : [index - Math.min(64, index) + start, index + domain.length];
      },
      judge,
    },
  ],
  substitute: (_, draw) =>
    `${draw.pick(['anna', 'ben', 'chen', 'dana', 'eli', 'li', 'mei', 'noor', 'sam', 'wang'])}${draw.digits(5)}@example.com`,
};
