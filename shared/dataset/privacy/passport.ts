/** Passport numbers. Few carry a check digit, so without a word for "passport" near they are guesses. */
import { icao } from './check-digits.ts';
import { alike, type Recogniser, type Rule } from './recogniser.ts';
import { NUMBER } from './triggers.ts';

const WORDS =
  /护照|護照|通行证|旅行证件|passport|travel (?:document|doc)|pass-?nr|reisepass|passeport|pasaporte|passaporto|passnummer|paspoort|pasaport|여권|パスポート|паспорт/i;

/** Germany: serial of nine from 0–9 and CFGHJKLMNPRTVWXYZ, the last one the ICAO check digit. */
const german = (value: string): boolean => {
  const serial = value.toUpperCase();
  return icao(serial.slice(0, 8)) === Number(serial[8]);
};

const machineReadable = (value: string): boolean => {
  const line = value.slice(-44);
  return icao(line.slice(0, 9)) === Number(line[9]) && icao(line.slice(13, 19)) === Number(line[19]);
};

const guess = (source: string, confidence = 0.15, alone = 0): Rule => ({
  needs: NUMBER,
  pattern: new RegExp(`(?<![\\w.-])(?:${source})(?![\\w-])`, 'gi'),
  confidence,
  inContext: 0.8,
  alone,
});

const RULES: readonly Rule[] = [
  // China: electronic, ordinary, diplomatic and on duty; Hong Kong, Macau; passes to and from them
  guess('[DEGHKPS]\\d{8}|[EM][A-Z]\\d{7}', 0.15, 0.4),
  guess('1[45]\\d{7}', 0.15, 0.4),
  guess('[HMW]\\d{8}(?:\\d{2})?', 0.15, 0.35),
  guess('C[A-Z\\d]\\d{7}', 0.15),
  { ...guess('[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\\d]{7}\\d', 0.4), judge: german },
  guess('[MSROD](?:\\d{3}[A-Z]\\d{4}|\\d{8})', 0.15, 0.35), // Korea
  // United Kingdom, Italy, Spain, the United States, South Africa, the Philippines
  guess('[A-Z]{3}\\d{6}', 0.15),
  guess('[A-Z]{2}\\d{7}|[ADMTZ]\\d{8}|[A-Z]\\d{7}[A-Z]', 0.15, 0.3),
  guess('[A-Z][1-9]\\d ?\\d{4}[1-9]', 0.15, 0.3), // India
  guess('[A-Z]{1,2}\\d{6,8}|\\d{2}[A-Z]{2}\\d{5}', 0), // much of the rest of the world
  { ...guess('\\d{8,9}', 0.05), inContext: 0.6 },
  {
    needs: NUMBER,
    pattern:
      /(?<![\w<])P[A-Z<][A-Z]{3}[A-Z<]{39}\s{1,2}[A-Z\d<]{9}\d[A-Z]{3}\d{7}[MFX<]\d{7}[A-Z\d<]{14}[\d<]\d/g,
    confidence: 0.98,
    judge: machineReadable,
  },
];

export const passport: Recogniser = {
  type: 'passport',
  context: WORDS,
  rules: RULES,
  substitute: (value, draw) => alike(RULES, value, draw, /^[A-Z]{1,3}/i.exec(value)?.[0].length ?? 0),
};
