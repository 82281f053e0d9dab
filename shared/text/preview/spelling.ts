import type { Tokenizer } from '../tokenizer.ts';

const MORE = 3; // tokens that may be missing to a character: a byte each

/** The text of each token. End to end they are the text of all; a character of several tokens stands at its last. */
export const spell = (tokenizer: Tokenizer, ids: Int32Array): string[] => {
  const texts: string[] = [];
  let [from, read] = [0, 0]; // what is decoded again, so that a token is spelt as it is after its neighbour
  let said = '';
  const decode = (end: number): string => tokenizer.decode(ids.subarray(from, end));
  /** Whether the text ends within a character: then it is another one with what follows. */
  const isHalf = (text: string, end: number): boolean =>
    text.endsWith('\uFFFD') &&
    Array.from({ length: Math.min(MORE, ids.length - end) }, (_, k) => decode(end + k + 1)).some(
      (longer) => !longer.startsWith(text),
    );
  for (let end = 1; end <= ids.length; end++) {
    const text = decode(end);
    const half = isHalf(text, end);
    texts.push(half ? '' : text.slice(said.length));
    if (!half) said = text;
    if (text.endsWith('\uFFFD')) continue; // perhaps within a character that says so itself: no place to begin
    [from, read] = [read, end];
    said = decode(end);
  }
  return texts;
};

const NEAR = 64; // characters in which a text is looked for that does not follow at once

/** Where each text stands in the whole, as far as it can be found there: a tokenizer may normalise what it is given. */
export const placesOf = (texts: readonly string[], whole: string): number[] => {
  let at = 0;
  return texts.map((text) => {
    const indent = text.length - text.trimStart().length;
    const wanted = text.trimStart();
    if (wanted === '') {
      const place = at;
      if (whole.startsWith(text, at)) at += text.length;
      return place;
    }
    const found = whole.startsWith(text, at) ? at + indent : whole.indexOf(wanted, at);
    if (found < 0 || found > at + indent + NEAR) return at;
    at = found + wanted.length;
    return found;
  });
};
