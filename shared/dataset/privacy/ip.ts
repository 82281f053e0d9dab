/** Internet addresses. Loopback, masks, documentation and version numbers say nothing about anybody: low; private ones little. */
import type { Recogniser } from './recogniser.ts';
import { COLONS, DOTS } from './triggers.ts';

/** loopback, unspecified, multicast, broadcast, masks, benchmarks */
const NOBODY = /^(?:127\.|0\.|2(?:2[4-9]|[3-5]\d)\.|192\.0\.0\.|198\.1[89]\.)/;
/** RFC 5737: for documentation, and for whoever hides another behind them */
const DOCUMENTATION = /^(?:192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)/;
/** RFC 1918, 6598, 3927 */
const PRIVATE =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.)/;

/** a word right before that says which address it is, or whose */
const NAMED =
  /(?:\bipv?[46]?|address(?:es)?|地址|loopback|localhost|broadcast|unspecified|multicast|\bfrom|\bsrc|\bdst|source|destination|client|remote)(?: is| are|是|为)?\W{0,3}$/i;

/** What the address is of says how sure it is, or that it is called one, or all of the text. */
const special = (value: string, { index, input }: RegExpExecArray): number =>
  NAMED.test(input.slice(Math.max(0, index - 24), index)) || input.length - value.length <= 6 ? 0.35 : 0.2;

const v4 = (value: string, match: RegExpExecArray): boolean | number => {
  if (NOBODY.test(value)) return special(value, match);
  if (DOCUMENTATION.test(value)) return 0.35;
  if (PRIVATE.test(value)) return 0.4;
  if (/^\d\.\d\.\d\.\d$/.test(value)) return special(value, match); // a paragraph, a version, or a well-known resolver
  return true;
};

const octets = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** RFC 4291: eight groups, `::` once for a run of zeros, the last two perhaps in dots. */
const isV6 = (value: string): boolean => {
  const address = value.replace(/%.*$/, '');
  const dotted = /[^:]*\.[^:]*$/.exec(address)?.[0];
  if (dotted !== undefined && !octets.test(dotted)) return false;
  const text = dotted === undefined ? address : `${address.slice(0, -dotted.length)}0:0`;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? groups.length <= 7 : groups.length === 8;
};

const v6 = (value: string, match: RegExpExecArray): boolean | number => {
  if (!isV6(value)) return false;
  if (!/\d/.test(value)) return value === '::' ? special(value, match) : 0.1; // Add::face is code
  if (/^(?:::1?$|ff[\da-f]{2}:)/i.test(value)) return special(value, match);
  if (/^2001:db8/i.test(value)) return 0.35; // RFC 3849: for documentation
  return /^(?:fe[89ab]|f[cd][\da-f]{2}:|::|0:0:0:0:0|64:ff9b)/i.test(value) ? 0.4 : true;
};

export const ip: Recogniser = {
  type: 'ip',
  context: /\bip\b|ipv[46]|\bhost|server|address|client|gateway|地址|服务器|登录|访问|来源|ping|ssh/i,
  against:
    /(?:version|kernel|driver|firmware|\bsdk|\bver\.?|release|build|chrome\/|firefox\/|版本号?|\bv|section|章节|§)\s*[:：]?\s*$/i,
  rules: [
    {
      needs: DOTS,
      pattern: /(?<![\w.-])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\w-]|\.\d)/g,
      confidence: 0.7,
      inContext: 0.9,
      judge: v4,
    },
    {
      needs: COLONS,
      pattern:
        /(?<![\da-z:.])(?:[\da-f]{1,4}:){1,7}(?:(?::[\da-f]{1,4}){0,6}(?::\d{1,3}(?:\.\d{1,3}){3})?|[\da-f]{1,4}|:|\d{1,3}(?:\.\d{1,3}){3})(?:%[\w-]{1,16})?(?![\da-z:]|\.\d)/gi,
      confidence: 0.75,
      inContext: 0.9,
      judge: v6,
    },
    {
      needs: COLONS,
      pattern:
        /(?<![\da-z:.])::(?:(?:[\da-f]{1,4}:){0,6}(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{1,4}))?(?:%[\w-]{1,16})?(?![\da-z:]|\.\d)/gi,
      confidence: 0.75,
      inContext: 0.9,
      judge: v6,
    },
  ],
  // RFC 5737 and 3849: addresses for examples, nobody's
  substitute: (value, draw) =>
    value.includes(':')
      ? `2001:db8::${[draw.below(65_535), draw.below(65_535), 1 + draw.below(65_534)].map((n) => n.toString(16)).join(':')}`
      : `${draw.pick(['192.0.2', '198.51.100', '203.0.113', '198.18.0', '198.19.7'])}.${1 + draw.below(254)}`,
};
