/** Excerpts of a report show what is wrong, never what was found. */
import { type Finding, scan } from './scan.ts';
import { placeholder, replaced } from './treat.ts';

const LEAST = 0.3;
/** Of a value that an excerpt cuts, so many characters are not shown. */
const SHORTEST = 4;

const instead = ({ type }: Finding): string => placeholder(type);

/** An excerpt without what can be told to be personal by itself. */
export const masked = (excerpt: string): string => replaced(excerpt, scan(excerpt, LEAST), instead);

export type Value = { readonly text: string; readonly instead: string };

/** What is found in a text, line by line, since excerpts write line breaks in other ways. */
const valuesIn = (text: string): readonly Value[] =>
  scan(text, LEAST).flatMap((finding) =>
    text
      .slice(finding.start, finding.end)
      .split('\n')
      .filter((line) => line.length >= SHORTEST)
      .map((line) => ({ text: line, instead: instead(finding) })),
  );

/** Every text in a value of any form. */
export const valuesOf = (value: unknown): readonly Value[] => {
  if (typeof value === 'string') return valuesIn(value);
  if (typeof value === 'number') return valuesIn(String(value));
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(valuesOf) : [];
};

const BEGIN = /^"?/;
const END = /…?"?…?$/;

/** An excerpt without these values, nor parts of them at its ends. */
export const maskedFrom = (excerpt: string, values: readonly Value[]): string => {
  let text = excerpt;
  for (const value of values) {
    text = text.replaceAll(value.text, value.instead);
    const begin = BEGIN.exec(text)![0];
    const end = END.exec(text)![0];
    const core = text.slice(begin.length, text.length - end.length);
    if (core.length >= SHORTEST && value.text.includes(core)) text = begin + value.instead + end;
    for (let n = Math.min(value.text.length - 1, core.length); n >= SHORTEST; n--) {
      if (core.startsWith(value.text.slice(-n))) text = begin + value.instead + text.slice(begin.length + n);
      else if (core.endsWith(value.text.slice(0, n)))
        text = text.slice(0, text.length - end.length - n) + value.instead + end;
      else continue;
      break;
    }
  }
  return text;
};
