/** A text without what was found in it, or with something else in its place. */
import { type PersonalType, type Privacy, type PrivacyMode, SECRETS } from '../../contracts/privacy.ts';
import { drawFor } from './draw.ts';
import { RECOGNISERS } from './index.ts';
import { type Finding, scan } from './scan.ts';

/** What a row is treated by; pseudonyms are drawn with the secret. */
export type Terms = { readonly privacy: Privacy; readonly secret: string };

export type Treated = { readonly text: string; readonly found: readonly PersonalType[] };

const SECRET: ReadonlySet<PersonalType> = new Set(SECRETS);

export const modeOf = ({ mode, secrets, types }: Privacy, type: PersonalType): PrivacyMode | 'ignore' =>
  types[type] ?? (SECRET.has(type) ? secrets : undefined) ?? mode;

export const placeholder = (type: PersonalType): string => `[${type.toUpperCase()}]`;

const SUBSTITUTES = new Map(RECOGNISERS.map(({ type, substitute }) => [type, substitute]));

/** The text with each finding replaced by what `instead` says. */
export const replaced = (
  text: string,
  findings: readonly Finding[],
  instead: (finding: Finding, value: string) => string,
): string => {
  let [out, at] = ['', 0];
  for (const finding of findings) {
    out += text.slice(at, finding.start) + instead(finding, text.slice(finding.start, finding.end));
    at = finding.end;
  }
  return out + text.slice(at);
};

const NOTHING: readonly PersonalType[] = [];
const ROUNDS = 8; // what is gone lets words and numbers meet that stood apart

/** `key` is the name that the text goes by, where it is a value. */
export const treat = (text: string, { privacy, secret }: Terms, key = ''): Treated => {
  const look = (now: string): readonly Finding[] => {
    const all = scan(now, privacy.min_confidence, key);
    return all.length === 0 ? all : all.filter(({ type }) => modeOf(privacy, type) !== 'ignore');
  };
  const first = look(text);
  if (first.length === 0) return { text, found: NOTHING };
  const instead = ({ type }: Finding, value: string): string => {
    const mode = modeOf(privacy, type);
    if (mode === 'report') return value;
    return mode === 'pseudonymise'
      ? SUBSTITUTES.get(type)!(value, drawFor(secret, type, value))
      : placeholder(type);
  };
  let treated = replaced(text, first, instead);
  for (let round = 1; round < ROUNDS && treated !== text; round++) {
    const again = look(treated).filter(
      ({ type }) => !['report', 'pseudonymise'].includes(modeOf(privacy, type)),
    );
    if (again.length === 0) break;
    treated = replaced(treated, again, instead);
  }
  return { text: treated, found: first.map(({ type }) => type) };
};

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?\d[\d.eE+-]*/g;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** JSON stays JSON: each text and number of it by itself, with the key that it stands under. */
export const treatJson = (json: string, terms: Terms): Treated => {
  if (!isJson(json)) return treat(json, terms);
  const found: PersonalType[] = [];
  let key = '';
  const text = json.replace(TOKEN, (token: string, colon: string | undefined) => {
    const quoted = token.startsWith('"');
    const literal = colon === undefined ? token : token.slice(0, -colon.length);
    const value = quoted ? (JSON.parse(literal) as string) : token;
    const treated = treat(value, terms, colon === undefined ? key : '');
    if (colon !== undefined) key = value;
    found.push(...treated.found);
    if (treated.text === value) return token;
    const bare = !quoted && /^-?(?:0|[1-9]\d*)$/.test(treated.text);
    return (bare ? treated.text : JSON.stringify(treated.text)) + (colon ?? '');
  });
  return { text, found };
};
