/** Addresses of wallets: those with a checksum in them by it, Ethereum's and its kin's by form. */
import { sha256 } from './hmac.ts';
import type { Recogniser, Rule } from './recogniser.ts';
import { LONG } from './triggers.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Base58Check: 21 bytes (a kind and a hash) and the first four of their double hash. */
const base58 = (address: string): boolean => {
  let number = 0n;
  for (const c of address) number = number * 58n + BigInt(BASE58.indexOf(c));
  const hex = number.toString(16).padStart(50, '0');
  if (hex.length > 50) return false;
  const bytes = Uint8Array.from({ length: 25 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
  const hash = sha256(sha256(bytes.subarray(0, 21)));
  return bytes.subarray(21).every((byte, i) => byte === hash[i]);
};

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** BIP 173, or 350 where the constant is the other one. */
const bech32 = (address: string): boolean => {
  const text = address.toLowerCase();
  const at = text.lastIndexOf('1');
  const prefix = Array.from(text.slice(0, at), (c) => c.charCodeAt(0));
  const data = Array.from(text.slice(at + 1), (c) => BECH32.indexOf(c));
  let sum = 1;
  for (const value of [...prefix.map((c) => c >> 5), 0, ...prefix.map((c) => c & 31), ...data]) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [i, term] of GENERATOR.entries()) if ((top >> i) & 1) sum ^= term;
  }
  return sum === 1 || sum === 0x2bc830a3;
};

const RULES: readonly Rule[] = [
  // Bitcoin, Litecoin, Dogecoin, Tron
  {
    needs: LONG,
    pattern: /(?<![A-Za-z\d])[13LMDT][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z\d])/g,
    confidence: 0.95,
    judge: base58,
  },
  {
    needs: LONG,
    pattern:
      /(?<![A-Za-z\d])(?:(?:bc|tb|ltc)1[ac-hj-np-z02-9]{11,71}|BC1[AC-HJ-NP-Z02-9]{11,71})(?![A-Za-z\d])/g,
    confidence: 0.95,
    judge: bech32,
  },
  // Ethereum, and the many that have its form; hashes of transactions are longer
  { needs: LONG, pattern: /(?<![A-Za-z\d])0x[\da-fA-F]{40}(?![A-Za-z\d])/g, confidence: 0.6, inContext: 0.9 },
];

export const cryptoWallet: Recogniser = {
  type: 'crypto_wallet',
  context: /wallet|address|\bbtc\b|bitcoin|\beth\b|ethereum|crypto|钱包|地址|比特币|以太坊/i,
  rules: RULES,
  // one whose checksum fits is somebody's or may become so: what has none stands for all
  substitute: (_, draw) => `0x${Array.from({ length: 40 }, () => draw.below(16).toString(16)).join('')}`,
};
