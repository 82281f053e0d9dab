/** Check digits, one function each. All take bare digits or letters and answer whether they fit. */

const digitsOf = (text: string): readonly number[] => Array.from(text, (c) => c.charCodeAt(0) - 48);

/** Σ digitᵢ · weightᵢ; weights repeat. */
export const weighted = (digits: string, weights: readonly number[]): number =>
  digitsOf(digits).reduce((sum, digit, i) => sum + digit * weights[i % weights.length]!, 0);

/** ISO/IEC 7812-1. */
export const luhn = (digits: string): boolean => {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    sum += i % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  return sum % 10 === 0;
};

/** ISO/IEC 7064 mod 97-10 over 0–9 and A–Z (A = 10 …). */
export const mod97 = (text: string): number => {
  let rest = 0;
  for (const c of text) {
    const value = Number.parseInt(c, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
};

const GB11643 = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;

/** Last character of a Chinese resident identity number by its first 17 digits, GB 11643-1999. */
export const gb11643 = (first17: string): string => '10X98765432'[weighted(first17, GB11643) % 11]!;

const DIHEDRAL = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
] as const;
const PERMUTED = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
] as const;

/** Verhoeff's, as Aadhaar numbers use it. */
export const verhoeff = (digits: string): boolean => {
  let c = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    c = Number(DIHEDRAL[c]![Number(PERMUTED[i % 8]![digit])]);
  }
  return c === 0;
};

/** ICAO 9303: weights 7, 3, 1 over 0–9, A–Z (A = 10 …) and `<` (0). */
export const icao = (text: string): number =>
  Array.from(text, (c) => (c === '<' ? 0 : Number.parseInt(c, 36))).reduce(
    (sum, value, i) => sum + value * [7, 3, 1][i % 3]!,
    0,
  ) % 10;

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Whether YYYYMMDD is a day since 1850. */
export const isBirthday = (date: string): boolean => {
  const [year, month, day] = [Number(date.slice(0, 4)), Number(date.slice(4, 6)), Number(date.slice(6, 8))];
  if (year < 1850 || year > 2099 || day < 1 || day > (DAYS[month - 1] ?? 0)) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
};

/** Bits of information a character of the text carries. */
export const entropy = (text: string): number => {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / text.length) * Math.log2(n / text.length);
  return bits;
};

/** ISO/IEC 7064 mod 11,10: the last digit fits. */
export const mod1110 = (digits: string): boolean => {
  let product = 10;
  for (const digit of digitsOf(digits.slice(0, -1))) {
    const sum = (digit + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return (11 - product) % 10 === Number(digits.at(-1));
};

/** The sum of digit · weight is a multiple of `by`; as many digits as weights. */
export const multiple =
  (by: number, ...weights: readonly number[]) =>
  (digits: string): boolean =>
    weighted(digits, weights) % by === 0;

/** The last digit is 11 minus the remainder of the others' weighted sum mod 11; 10 and 11 become `ten` and 0, or never fit. */
export const mod11 =
  (weights: readonly number[], ten: number | null = null) =>
  (digits: string): boolean => {
    const check = (11 - (weighted(digits.slice(0, weights.length), weights) % 11)) % 11;
    return (check === 10 ? ten : check) === Number(digits[weights.length]);
  };

/** Luhn's doubling over digits from the left with factors 1 and 2, or 2 and 1, and so on; a product counts by its digits. */
export const crossSums = (digits: string, factors: readonly number[]): number =>
  digitsOf(digits).reduce((sum, digit, i) => {
    const product = digit * factors[i % factors.length]!;
    return sum + Math.floor(product / 10) + (product % 10);
  }, 0);

/** Whether YYMMDD is a day of some century. */
export const isDay = (yymmdd: string): boolean => isBirthday(`19${yymmdd}`) || isBirthday(`20${yymmdd}`);
