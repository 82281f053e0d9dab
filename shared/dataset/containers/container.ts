/** How rows lie in a file. */
import type { Defect } from '../problems.ts';

/** One row of the input as it came, or why there is none. `line` is where it begins, from 1. `remark`: what is to be said
 *  of its text; `meant`: what it would be if it were written rightly, where that is plain. */
export type InputRow =
  | { readonly line: number; readonly value: unknown; readonly remark?: Defect }
  | { readonly line: number; readonly error: Defect; readonly meant?: unknown };

/** The start of a file: whole lines as far as it goes, unless the first line is longer than anyone's patience. */
export type Head = { readonly text: string; readonly whole: boolean; readonly name: string };

export type Container = {
  readonly name: 'jsonl' | 'json' | 'csv' | 'plain';
  /** How well content and name fit, 0 = not at all. */
  match(head: Head): number;
  /** Every row in order. Throws `unreadable` where reading on would be guessing. */
  rows(texts: AsyncIterable<string>, name: string): AsyncIterable<InputRow>;
};

/** Whether the file's name ends with one of the suffixes. */
export const isNamed = (name: string, ...suffixes: readonly string[]): boolean =>
  suffixes.some((suffix) => name.toLowerCase().endsWith(suffix));

/** Whether the name promises text to read from beginning to end. */
export const isProse = (name: string): boolean => isNamed(name, '.txt', '.text', '.md', '.markdown');
