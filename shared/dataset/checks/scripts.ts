/** Scripts of questions and answers, each row beside the others. */
import { SCRIPTS } from './scan.ts';

/** Japanese and Korean mix Chinese characters with their own. */
const ASIAN: ReadonlySet<number> = new Set(
  (['han', 'kana'] as const).map((script) => 1 + SCRIPTS.indexOf(script)),
);

/** Scripts as `traits` numbers them; an unknown one (0) is kindred to all. */
export const areKindred = (a: number, b: number): boolean =>
  a === 0 || b === 0 || a === b || (ASIAN.has(a) && ASIAN.has(b));

export const scriptName = (script: number): string => SCRIPTS[script - 1] ?? 'no script';
