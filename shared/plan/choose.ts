/** An `auto` becomes a value, and the reason is noted. */
import type { Reason } from '../contracts/recipe.ts';

type Auto<T> = T | 'auto';
/** The value given, or the choice, whose reason is then told under `key`, its path in the recipe. */
export type Choose = <T extends number | string | boolean | object>(
  key: string,
  given: Auto<T>,
  choice: readonly [value: T, why: string],
) => T;

export const chooser =
  (reasons: Reason[]): Choose =>
  (key, given, [value, why]) => {
    if (given !== 'auto') return given as typeof value;
    reasons.push({ key, value, why });
    return value;
  };
