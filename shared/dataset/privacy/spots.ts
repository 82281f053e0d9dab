/** The places of what rules need, in the text last looked at. One text comes after the other: all are kept in the same memory. */
import {
  ASSIGN,
  CALLED,
  COLONS,
  DASHED,
  DOTS,
  LONG,
  MIXED,
  NAME,
  NINE,
  NUMBER,
  PLATE,
  SLASHES,
  STREET,
} from './triggers.ts';

/** Characters around a place that belong to its window. */
const MARGIN = 64;

const spots: readonly number[][] = Array.from({ length: 20 }, () => []);
/** how many numbers of each list are this text's */
const used = new Int32Array(20);
let flags = 0;

/** The next text begins. */
export const forget = (): void => {
  flags = 0;
};

/** Notes that something is in the text, without its place. */
export const note = (flag: number): void => {
  flags |= flag;
};

export const noted = (): number => flags;

/** Notes a place: start, end, start, end … in order, none touching the next. */
export const spot = (flag: number, from: number, to: number): void => {
  const index = 31 - Math.clz32(flag);
  const list = spots[index]!;
  if ((flags & flag) === 0) used[index] = 0;
  flags |= flag;
  const n = used[index]!;
  if (n > 0 && from <= list[n - 1]! + 2 * MARGIN) list[n - 1] = to;
  else {
    list[n] = from;
    list[n + 1] = to;
    used[index] = n + 2;
  }
};

/** Flags with places, the rarest first: a rule looks at the windows of the first one that it needs. */
const PLACED = [
  PLATE,
  COLONS,
  DASHED,
  SLASHES,
  LONG,
  NINE,
  NUMBER,
  DOTS,
  MIXED,
  STREET,
  NAME,
  CALLED,
  ASSIGN,
] as const;
const END = /[\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/g;

/** The parts of the text last looked at in which a rule with these needs may match; null = anywhere in it. */
export const windowsOf = (text: string, needs: number): readonly (readonly [number, number])[] | null => {
  const flag = PLACED.find((each) => (needs & each) !== 0);
  if (flag === undefined) return null;
  const index = 31 - Math.clz32(flag);
  const list = spots[index]!;
  const windows: [number, number][] = [];
  for (let i = 0; i < used[index]!; i += 2) {
    const start = Math.max(0, list[i]! - MARGIN, windows.at(-1)?.[1] ?? 0);
    const end = list[i + 1]! + MARGIN;
    END.lastIndex = end;
    windows.push([start, end >= text.length ? text.length : (END.exec(text)?.index ?? text.length)]);
  }
  return windows;
};
