import { around, inTexts, remarks, type RowCheck } from './check.ts';

const SHORTEST = 200;
const BLOB = /[A-Za-z0-9+/_-]{200,}={0,2}/;
const PART = Uint8Array.from({ length: 128 }, (_, c) =>
  /[A-Za-z0-9+/_-]/.test(String.fromCharCode(c)) ? 1 : 0,
);

/** Whether there may be a run so long: one of its characters stands at a multiple of its length. */
const mayHold = (text: string): boolean => {
  const isPart = (i: number): boolean => PART[text.charCodeAt(i)] === 1;
  for (let at = SHORTEST - 1; at < text.length; at += SHORTEST) {
    if (!isPart(at)) continue;
    let [from, to] = [at, at];
    while (from > 0 && isPart(from - 1)) from -= 1;
    while (isPart(to + 1)) to += 1;
    if (to - from + 1 >= SHORTEST) return true;
  }
  return false;
};

/** Base64 and hex have digits among letters; words, sequences of bases and rules have not. */
const isEncoded = (run: string): boolean => {
  const digits = (run.match(/\d/g) ?? []).length;
  const letters = (run.match(/[A-Za-z]/g) ?? []).length;
  return digits * 30 > run.length && letters * 10 > run.length && !/([\w/+-])\1{20}/.test(run);
};

export const encodedBlob: RowCheck = {
  code: 'encoded_blob',
  ...remarks,
  message: 'A text holds a long piece of base64 or hex: thousands of tokens that mean nothing to the model',
  fix: 'Remove it, or put in words what it stands for',
  find: (view) =>
    inTexts(view, ({ text, scan, part }) => {
      if (part !== 'content' || text.length < SHORTEST || scan.digits < 7 || !mayHold(text)) return null;
      const found = BLOB.exec(text);
      return found &&
        isEncoded(found[0]) &&
        !/https?:\/\/\S*$/.test(text.slice(Math.max(0, found.index - 200), found.index))
        ? around(text, found.index)
        : null;
    }),
};
