/** Chance that a seed decides: every text, name and number of the corpus comes from here. */
import { uniformAt } from '../../../shared/random.ts';

export type Dice = {
  /** whole number from `low` to `high`, both included */
  int(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  chance(share: number): boolean;
  /** `n` different ones, in any order */
  some<T>(from: readonly T[], n: number): T[];
};

export const openDice = (seed: number, name: string): Dice => {
  const at = uniformAt(seed, name);
  let thrown = 0;
  const next = (): number => at(thrown++);
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const some = <T>(from: readonly T[], n: number): T[] => {
    const left = [...from];
    return Array.from(
      { length: Math.min(n, left.length) },
      () => left.splice(int(0, left.length - 1), 1)[0]!,
    );
  };
  return {
    int,
    some,
    pick: (from) => from[int(0, from.length - 1)]!,
    chance: (share) => next() < share,
  };
};

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const CHOICE = /\[([^[\]]*)\]/; // innermost first
const SLOT = /\{(\w+)\}/g;

/** `[one|other]` is decided by lot, `{slot}` is filled, with a capital where the slot's name has one; a lot may be empty. */
export const say = (
  dice: Dice,
  text: string,
  slots: Readonly<Record<string, string | readonly string[]>> = {},
): string => {
  let out = text;
  for (let match = CHOICE.exec(out); match; match = CHOICE.exec(out))
    out =
      out.slice(0, match.index) + dice.pick(match[1]!.split('|')) + out.slice(match.index + match[0].length);
  const filled = out.replaceAll(SLOT, (_, key: string) => {
    const exact = slots[key];
    const value = exact ?? slots[key.charAt(0).toLowerCase() + key.slice(1)];
    if (value === undefined) throw new TypeError(`Nothing fills {${key}} in ${text}`);
    const chosen = typeof value === 'string' ? value : dice.pick(value);
    return exact === undefined ? capital(chosen) : chosen;
  });
  return filled
    .replaceAll(/\b([Aa]) (?=[aeiou])/g, '$1n ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
};
