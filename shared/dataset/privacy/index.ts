/** All recognisers. Where two findings overlap and are equally sure and long, the earlier row has it. */
import { address } from './address.ts';
import { apiKey } from './api-key.ts';
import { bankCard } from './bank-card.ts';
import { cloudCredential } from './cloud-credential.ts';
import { cnId } from './cn-id.ts';
import { companyId } from './company-id.ts';
import { connectionString } from './connection-string.ts';
import { cryptoWallet } from './crypto-wallet.ts';
import { email } from './email.ts';
import { iban } from './iban.ts';
import { ip } from './ip.ts';
import { jwt } from './jwt.ts';
import { mac } from './mac.ts';
import { name } from './name.ts';
import { nationalId } from './national-id.ts';
import { passport } from './passport.ts';
import { password } from './password.ts';
import { phone } from './phone.ts';
import { plate } from './plate.ts';
import { privateKey } from './private-key.ts';
import type { Recogniser } from './recogniser.ts';
import { usSsn } from './us-ssn.ts';

export const RECOGNISERS: readonly Recogniser[] = [
  privateKey,
  jwt,
  cloudCredential,
  apiKey,
  connectionString,
  password,
  email,
  cnId,
  iban,
  cryptoWallet,
  bankCard,
  phone,
  usSsn,
  nationalId,
  passport,
  companyId,
  ip,
  mac,
  plate,
  address,
  name,
];
