/** UTF-8 that was read as something else: found, and read again. */
import { codes, placeCodes } from '../codes.ts';
import type { RowView } from './view.ts';

/** A row that speaks about encodings may show what goes wrong with them. */
export const isAboutEncoding = ({ texts }: RowView): boolean =>
  texts.some(({ text }) =>
    /mojibake|encod|utf-?8|latin-?1|charset|unicode|cp-?1252|乱码|编码|字符集/i.test(text),
  );

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const read = (bytes: readonly number[]): string | null => {
  try {
    return utf8.decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
};

/** Bytes from 0x80 in Windows-1252, by which mail and web read Latin-1 too; Node's own decoder leaves them as they are. */
const UPPER = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
const LATIN = Array.from({ length: 128 }, (_, i) => [String.fromCharCode(128 + i), 128 + i] as const);
/** Characters of Latin-1 and Windows-1252 to their bytes. */
const WINDOWS: ReadonlyMap<string, number> = new Map([
  ...LATIN,
  ...[...UPPER].map((character, i) => [character, 128 + i] as const),
]);
const NEXT = `[${[...WINDOWS].flatMap(([character, byte]) => (byte < 0xc0 ? [character] : [])).join('')}]`;
const RUN = new RegExp(`[Â-ß]${NEXT}|[à-ï]${NEXT}{2}|[ð-ô]${NEXT}{3}`, 'g');

const decodeRun = (run: string): string | null => read([...run].map((c) => WINDOWS.get(c)!));

/** Of one byte sequence alone: Latin letters, punctuation, emoji. Others need company. */
const isSure = (run: string, decoded: string, before: string): boolean =>
  !/\p{Lu}/u.test(before) &&
  ((/^[ÂÃ]/.test(run) && decoded >= '\u00a0') || /^â[€‚„†]/.test(run) || run.startsWith('ð'));

/** Where UTF-8 was read as Windows-1252, -1 where not. Letters with an accent before a quotation mark are not enough. */
export const windowsMojibakeAt = (text: string): number => {
  let [first, unsure, adjacent, end] = [-1, 0, false, -1];
  for (const { 0: run, index } of text.matchAll(RUN)) {
    const decoded = decodeRun(run);
    if (decoded === null) continue;
    if (isSure(run, decoded, text.slice(Math.max(0, index - 1), index))) return index;
    if (first < 0) first = index;
    unsure += 1;
    adjacent ||= index === end;
    end = index + run.length;
  }
  return unsure >= 3 && adjacent ? first : -1;
};

export const mendWindows = (text: string): string => text.replaceAll(RUN, (run) => decodeRun(run) ?? run);

const RUNS = /[\u0080-\uffff]+/g;

type Gbk = {
  /** characters to their two bytes as one number */
  readonly bytes: ReadonlyMap<string, number>;
  /** what the first two bytes of a Chinese character or punctuation mark become; rare in a text that was read rightly */
  /** 1 by the unit of each */
  readonly heads: Uint8Array;
};
let made: Gbk | null = null;
const gbk = (): Gbk => {
  if (made) return made;
  const decoder = new TextDecoder('gbk');
  const bytes = new Map<string, number>([['€', 0x80]]);
  const heads = new Uint8Array(65_536);
  for (let high = 0x81; high < 0xff; high++)
    for (let low = 0x40; low < 0xff; low++) {
      const character = decoder.decode(Uint8Array.of(high, low));
      if (character.length !== 1 || character === '\ufffd') continue;
      bytes.set(character, high * 256 + low);
      const isHead = (high >= 0xe3 && high <= 0xe9) || high === 0xef;
      if (isHead && low >= 0x80 && low < 0xc0) heads[character.charCodeAt(0)] = 1;
    }
  return (made = { bytes, heads });
};

const decodeGbk = (run: string): string | null => {
  const bytes: number[] = [];
  for (const character of run) {
    const found = gbk().bytes.get(character);
    if (found === undefined) return null;
    if (found > 255) bytes.push(found >> 8);
    bytes.push(found & 255);
  }
  return read(bytes);
};

const FEWEST_HEADS = 4;

/** How many characters of a run are heads; 0 below a quarter. Of three characters one should be. */
const headsIn = (run: string): number => {
  const { heads } = gbk();
  const from = placeCodes(run);
  const all = codes();
  const { length } = run;
  let n = 0;
  for (let i = 0; i < length; i++) n += heads[all[from + i]!]!;
  return n * 4 >= length ? n : 0;
};

/** A run as it was meant, null where it is right as it stands. Short runs may be spelled so by chance. */
const mendRun = (run: string): string | null => (run.length > 2 && headsIn(run) > 0 ? decodeGbk(run) : null);

const hasHead = (text: string): boolean => {
  const { heads } = gbk();
  const from = placeCodes(text);
  const all = codes();
  const { length } = text;
  for (let i = 0; i < length; i++) if (heads[all[from + i]!] === 1) return true;
  return false;
};

/** Whether UTF-8 was read as GBK: `whole` where it can be read again, `lost` where characters are missing. */
export const hasGbkMojibake = (text: string): 'whole' | 'lost' | null => {
  if (!hasHead(text)) return null;
  const runs = text.match(RUNS) ?? [];
  if (runs.some((run) => mendRun(run) !== null)) return 'whole';
  return runs.reduce((n, run) => n + headsIn(run), 0) >= FEWEST_HEADS ? 'lost' : null;
};

export const mendGbk = (text: string): string => text.replaceAll(RUNS, (run) => mendRun(run) ?? run);
