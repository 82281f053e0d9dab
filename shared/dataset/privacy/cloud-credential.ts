/** Credentials of cloud accounts, by the prefixes that their makers give them. */
import { entropy } from './check-digits.ts';
import { isPlaceholder } from './placeholder-value.ts';
import { alike, type Recogniser, type Rule } from './recogniser.ts';
import { ASSIGN, LONG } from './triggers.ts';

const random = (value: string): boolean =>
  !isPlaceholder(value) && !/EXAMPLE/.test(value) && entropy(value) >= 3;

const RULES: readonly Rule[] = [
  // AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  {
    needs: LONG,
    pattern: /(?<![A-Za-z\d+/])(?:A3T[A-Z\d]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z\d])/g,
    confidence: 0.95,
    judge: random,
  },
  {
    needs: LONG,
    pattern: /(?:aws.{0,24}?|secret.?access.?key.{0,8}?)["'\s:=>]{1,5}([A-Za-z\d/+]{40})(?![A-Za-z\d/+=])/gi,
    confidence: 0.85,
    judge: (value) => random(value) && /\d/.test(value),
  },
  { needs: LONG, pattern: /bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z\d+/=]*/g, confidence: 0.9 },
  { needs: LONG, pattern: /(?<!\w)ABSK[A-Za-z\d+/]{109,269}={0,2}/g, confidence: 0.9 },
  // Google
  { needs: LONG, pattern: /(?<![\w-])AIza[\w-]{35}(?![\w-])/g, confidence: 0.95, judge: random },
  { needs: LONG, pattern: /(?<![\w.])ya29\.[\w-]{20,512}/g, confidence: 0.9 },
  { needs: LONG, pattern: /(?<!\w)GOCSPX-[\w-]{28}/g, confidence: 0.95 },
  {
    needs: ASSIGN,
    hints: ['private_key_id'],
    pattern: /"private_key_id"\s*:\s*"([\da-f]{40})/g,
    confidence: 0.9,
  },
  // Microsoft Azure
  { needs: LONG, pattern: /(?:AccountKey|SharedAccessKey)=([A-Za-z\d+/]{40,90}={0,2})/g, confidence: 0.95 },
  { needs: LONG, pattern: /(?<![\w~.])[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g, confidence: 0.9 },
  { needs: LONG, pattern: /[?&]sig=([A-Za-z\d%]{43,63}%3D)/gi, confidence: 0.85 },
  // Alibaba Cloud, Tencent Cloud, Huawei Cloud, Baidu, Volcengine
  {
    needs: LONG,
    pattern: /(?<![A-Za-z\d])LTAI[A-Za-z\d]{12,26}(?![A-Za-z\d])/g,
    confidence: 0.95,
    judge: random,
  },
  {
    needs: LONG,
    pattern: /(?<![A-Za-z\d])AKID[A-Za-z\d]{28,36}(?![A-Za-z\d])/g,
    confidence: 0.95,
    judge: random,
  },
  { needs: LONG, pattern: /(?<![A-Za-z\d])AKLT[\w-]{40,64}/g, confidence: 0.9, judge: random },
  {
    needs: LONG,
    pattern: /(?<![A-Za-z\d])ALTAK[A-Za-z\d]{21}(?![A-Za-z\d])/g,
    confidence: 0.9,
    judge: random,
  },
  // DigitalOcean, Yandex, Hetzner, Cloudflare
  { needs: LONG, pattern: /(?<!\w)do[opr]_v1_[\da-f]{64}/g, confidence: 0.98 },
  {
    needs: LONG,
    pattern: /(?<!\w)(?:AQVN[\w-]{35,38}|YC[\w-]{38}|t1\.[A-Z\d][\w-]{10,}={0,2}\.[\w-]{86}={0,2})/g,
    confidence: 0.9,
  },
  { needs: LONG, pattern: /(?<![\w-])v1\.0-[\da-f]{24}-[\da-f]{146}/g, confidence: 0.95 },
];

export const cloudCredential: Recogniser = {
  type: 'cloud_credential',
  rules: RULES,
  substitute: (value, draw) => alike(RULES, value, draw, 4),
};
