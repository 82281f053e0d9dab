/** A secret by the word before it: `password = …`, `"client_secret": "…"`, `Authorization: Bearer …`, 密码是…. */
import { entropy } from './check-digits.ts';
import { isPlaceholder } from './placeholder-value.ts';
import { type Recogniser, scrambled } from './recogniser.ts';
import { ASSIGN, HAN, SLASHES } from './triggers.ts';

const WEAK =
  /^(?:password|passwd|secret|token|key|value|required|optional|invalid|incorrect|wrong|forgot(?:ten)?|reset|field|input|text|hidden|string|bearer|basic|login|username|email|admin|user|default|enabled|disabled|available|success|failed|error|missing|empty|not|the|is|must|should|yes|no)$/i;

/** Whatever is set as a password, if it looks like one: not a word of prose. */
const chosen = (value: string): boolean | number => {
  if (isPlaceholder(value) || WEAK.test(value) || /^[a-z]+(?:\(|\.[a-z])/i.test(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w]/].filter((kind) => kind.test(value)).length;
  return kinds >= 2 ? true : value.length >= 8 && /\d/.test(value) ? true : 0.3;
};

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Made by a machine: long, and of many different characters, with digits among them. */
const made = (value: string, { 0: all, index, input }: RegExpExecArray): boolean => {
  if (isPlaceholder(value) || !/\d/.test(value) || !/[a-z]/i.test(value)) return false;
  if (/^[\w.]*(?:\.(?:com|js|ts|py|json|org|net)|\.\w+\()/.test(value)) return false;
  const named = input.slice(Math.max(0, index - 8), index + all.length - value.length);
  if (UUID.test(value)) return /secret|token|api/i.test(named); // most are mere names
  if (value.length < 20 && (value.match(/\d/g)?.length ?? 0) < 3) return false;
  return entropy(value) >= (value.length >= 32 ? 3.2 : 3);
};

const word = (words: string): string => `(?:${words})["'\`]?\\s{0,3}(?:=>|:=|[:=：])\\s{0,3}["'\`]?`;

export const password: Recogniser = {
  type: 'password',
  rules: [
    {
      needs: ASSIGN,
      pattern: new RegExp(
        `${word('passw(?:or)?d|passwort|passphrase|\\bpwd|\\bpasswd|_pass')}([^\\s"'\`,;，。；<>()]{4,128}(?<![.:]))`,
        'gi',
      ),
      confidence: 0.7,
      judge: chosen,
    },
    {
      needs: HAN,
      pattern:
        /(?:密码|口令|密钥|秘钥|令牌)(?:[:：=]|是|为|是：|为：)\s{0,3}["'“「]?([\w!@#$%^&*.+/=~-]{6,128})/g,
      confidence: 0.7,
      judge: chosen,
    },
    {
      needs: ASSIGN,
      pattern: new RegExp(
        `${word('(?:key|secret|token|credential)(?:[ _-]?(?:id|key|secret|value))?s?')}([\\w.+/=~%-]{14,512})(?![\\w(])`,
        'gi',
      ),
      confidence: 0.65,
      judge: made,
    },
    {
      needs: ASSIGN,
      pattern:
        /(?:authorization|x-api-key|api-token|private-token|x-auth-token|-H ["']token)["']?\s{0,3}[:=]\s{0,3}["']?(?:(?:basic|bearer|token|api-token|apikey) {1,2})?([\w.+/=~@-]{8,2048})/gi,
      confidence: 0.75,
      judge: (value) =>
        !isPlaceholder(value) && !WEAK.test(value) && (/\d/.test(value) || entropy(value) > 3.2),
    },
    {
      // said, not set: with a digit and more than digits, since prose goes on here as well
      needs: ASSIGN,
      pattern:
        /(?:passw(?:or)?d|passphrase|\bpwd|\bpasscode|secret|token|api[ _-]?key)["'`]? is (?:now |just |set to )?["'`“]?([^\s"'`”,;，。；<>()]{4,128}(?<![.:!?]))/gi,
      confidence: 0.6,
      judge: (value) =>
        chosen(value) === true && /\d/.test(value) && /\D/.test(value) && !/^\d+[a-z]{0,6}$/i.test(value),
    },
    {
      needs: SLASHES,
      hints: ['curl'],
      pattern: /\bcurl\b[^\n]{0,256}?\s(?:-u|--user)[ =]["']?([^\s:"'$]{1,64}:[^\s"'$]{3,128})/g,
      confidence: 0.7,
      judge: (value) => !isPlaceholder(value.slice(value.indexOf(':') + 1)),
    },
  ],
  substitute: (value, draw) => scrambled(value, draw),
};
