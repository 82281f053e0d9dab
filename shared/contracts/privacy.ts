/** Personal data and secrets: what is looked for, and what is done with it. */
import { z } from 'zod';

export const SECRETS = [
  'api_key',
  'cloud_credential',
  'private_key',
  'jwt',
  'connection_string',
  'password',
] as const;

export const PersonalType = z.enum([
  'email',
  'phone',
  'cn_id',
  'national_id',
  'us_ssn',
  'passport',
  'bank_card',
  'iban',
  'crypto_wallet',
  'company_id',
  'ip',
  'mac',
  'plate',
  'address',
  'name',
  ...SECRETS,
]);
export type PersonalType = z.infer<typeof PersonalType>;

/** `report` changes nothing; `redact` writes `[EMAIL]`; `pseudonymise` writes another plausible value, the same for the
 *  same; `reject` quarantines the row. */
export const PrivacyMode = z.enum(['report', 'redact', 'pseudonymise', 'reject']);
export type PrivacyMode = z.infer<typeof PrivacyMode>;

export const Privacy = z.strictObject({
  mode: PrivacyMode.default('report'),
  /** another mode for keys, tokens and passwords */
  secrets: z.enum([...PrivacyMode.options, 'ignore']).optional(),
  /** another mode for a type; `ignore` does not look for it */
  types: z.partialRecord(PersonalType, z.enum([...PrivacyMode.options, 'ignore'])).default({}),
  /** how sure a finding must be, 0 to 1: below 0.3 are example and reserved values, and numbers by themselves */
  min_confidence: z.number().min(0).max(1).default(0.3),
});
export type Privacy = z.infer<typeof Privacy>;
