/** Texts with what is to be found in them, from the files that a folder has: presidio's tests, gitleaks' literals,
 *  any-rule's Chinese examples, data-juicer's cleaning operators. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PersonalType } from '../../shared/contracts/privacy.ts';

export type Sought = PersonalType | 'secret';
export type Case = {
  /** row of the table */
  readonly group: string;
  readonly type: Sought;
  readonly text: string;
  /** how many are in it */
  readonly count: number;
  /** where, if that is known */
  readonly spans: readonly (readonly [number, number])[] | null;
};

const read = (folder: string, file: string): string | null => {
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
};
const lines = (text: string | null): readonly Record<string, unknown>[] =>
  (text ?? '')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));

/** Entities of presidio, by our types; of the file's tests and of its recognisers alike. */
export const ENTITIES: readonly (readonly [entity: RegExp, type: PersonalType])[] = [
  [/^EMAIL_ADDRESS$/, 'email'],
  [/^CREDIT_CARD$/, 'bank_card'],
  [/^IBAN/, 'iban'],
  [/^IP_ADDRESS$/, 'ip'],
  [/^MAC_ADDRESS$/, 'mac'],
  [/^US_SSN$/, 'us_ssn'],
  [/PASSPORT$/, 'passport'],
  [/PHONE|MOBILE|TELEPHONE/, 'phone'],
  [/KFZ$|VEHICLE_REGISTRATION$|LICENSE_PLATE$/, 'plate'],
  [/^CRYPTO$/, 'crypto_wallet'],
  [
    /^(?:AU_ABN|AU_ACN|DE_VAT_ID|DE_HANDELSREGISTER|IN_GSTIN|IT_VAT_CODE|KR_BRN|SE_ORGANISATIONSNUMMER|SG_UEN|ZA_COMPANY_REGISTRATION|ZA_VAT_NUMBER)$/,
    'company_id',
  ],
  [
    /^(?:UK_NINO|UK_NHS|IN_AADHAAR|IN_PAN|KR_RRN|ES_NIF|ES_NIE|IT_FISCAL_CODE|FI_PERSONAL_IDENTITY_CODE|PL_PESEL|SE_PERSONNUMMER|TH_TNIN|TR_NATIONAL_ID|ZA_ID_NUMBER|CA_SIN|US_ITIN|SG_NRIC_FIN)$/,
    'national_id',
  ],
  // a row of their own: numbers of tax, health and licences
  [
    /^(?:AU_MEDICARE|AU_TFN|DE_FUEHRERSCHEIN|DE_HEALTH_INSURANCE|DE_ID_CARD|DE_LANR|DE_BSNR|DE_SOCIAL_SECURITY|DE_TAX_ID|DE_TAX_NUMBER|IN_VOTER|IT_DRIVER_LICENSE|IT_IDENTITY_CARD|KR_DRIVER_LICENSE|KR_FRN|MEDICAL_LICENSE|NG_NIN|PH_TIN|PH_UMID|UK_DRIVING_LICENCE|US_DRIVER_LICENSE|US_MBI|US_NPI|ZA_DRIVER_LICENSE|ZA_INCOME_TAX_NUMBER|ZA_TRAFFIC_REGISTER_NUMBER)$/,
    'national_id',
  ],
];

const presidio = (folder: string): readonly Case[] =>
  lines(read(folder, 'presidio_recognizers.jsonl')).flatMap((row) => {
    const file = String(row['file']);
    const named = /test_(phone|iban)_recognizer/.exec(file)?.[1] ?? '';
    const entity = row['entity'] === null ? named.toUpperCase() : String(row['entity']);
    const at = ENTITIES.findIndex(([pattern]) => pattern.test(entity));
    const type = ENTITIES[at]?.[1];
    const group = at === ENTITIES.length - 1 ? 'tax, health …' : type;
    if (!type || !group || typeof row['text'] !== 'string' || typeof row['expected_len'] !== 'number')
      return [];
    const positions = row['expected_positions'] as [number, number][] | undefined;
    const count = row['expected_len'];
    return [{ group, type, text: row['text'], count, spans: positions?.length === count ? positions : null }];
  });

/** A text that stands among the secrets as well as among the others says nothing. */
const gitleaks = (folder: string): readonly Case[] => {
  const kinds = new Map<string, Set<unknown>>();
  for (const { text, kind } of lines(read(folder, 'gitleaks_literals.jsonl')))
    kinds.set(String(text), (kinds.get(String(text)) ?? new Set()).add(kind));
  return [...kinds]
    .filter(([, kind]) => kind.size === 1)
    .map(([text, kind]) => ({
      group: 'secret',
      type: 'secret',
      text,
      count: kind.has('secret') ? 1 : 0,
      spans: null,
    }));
};

const ANY_RULE: readonly (readonly [title: RegExp, type: PersonalType])[] = [
  [/^手机号|^座机/, 'phone'],
  [/身份证/, 'cn_id'],
  [/^银行卡号/, 'bank_card'],
  [/^护照/, 'passport'],
  [/^车牌号/, 'plate'],
  [/^mac/, 'mac'],
  [/^ip-v/, 'ip'],
  [/^email/, 'email'],
];

const anyRule = (folder: string): readonly Case[] => {
  const rules = JSON.parse(read(folder, 'any_rule_zh.json') ?? '[]') as {
    readonly title: string;
    readonly examples: readonly unknown[];
    readonly counterExamples: readonly unknown[];
  }[];
  return rules.flatMap(({ title, examples, counterExamples }) => {
    const type = ANY_RULE.find(([pattern]) => pattern.test(title))?.[1];
    if (!type) return [];
    const of = (text: unknown, count: number): Case => ({
      group: `${type} (zh)`,
      type,
      text: String(text),
      count,
      spans: null,
    });
    return [...examples.map((text) => of(text, 1)), ...counterExamples.map((text) => of(text, 0))];
  });
};

const JUICER = { clean_email: 'email', clean_ip: 'ip' } as const;

const juicer = (folder: string): readonly Case[] => {
  const tests = JSON.parse(read(folder, 'data_juicer_ops.json') ?? '[]') as {
    readonly file: string;
    readonly test: string;
    readonly samples?: readonly { readonly text: string; readonly target: string }[];
  }[];
  return tests.flatMap(({ file, test, samples = [] }) => {
    const type = Object.entries(JUICER).find(([name]) => file.includes(name))?.[1];
    if (!type || test.includes('replace')) return []; // the same texts again
    return samples.map(({ text, target }) => ({
      group: `${type} (juicer)`,
      type,
      text,
      count: text === target ? 0 : 1,
      spans: null,
    }));
  });
};

export const casesIn = (folder: string): readonly Case[] => {
  const all = [...presidio(folder), ...gitleaks(folder), ...anyRule(folder), ...juicer(folder)];
  const seen = new Set<string>();
  return all.filter(({ group, text }) => {
    const key = `${group}\0${text}`;
    return !seen.has(key) && seen.add(key);
  });
};
