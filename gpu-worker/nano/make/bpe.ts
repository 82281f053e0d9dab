/** Byte-level byte pair encoding, https://arxiv.org/abs/1508.07909, learned from a text: the commonest pair of neighbours
 *  becomes one piece, again and again. */

/** Pieces never reach across these. A space is a piece of its own, so that a word is the same piece wherever it stands and
 *  can be copied from a sentence into quotation marks; so is every digit. */
export const SPLIT = String.raw`\p{N}|\p{L}+|[^\s\p{L}\p{N}]+|\s`;

/** GPT-2's printable stand-ins for the 256 bytes: printable ones for themselves, the others from U+0100 on. */
const printable = (byte: number): boolean =>
  (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
export const BYTES: readonly string[] = (() => {
  let other = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : other++));
})();

/** How often each run of the text occurs, spelled in bytes. */
const countRuns = (texts: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>();
  const pattern = new RegExp(SPLIT, 'gu');
  for (const text of texts)
    for (const [run] of text.matchAll(pattern)) counts.set(run, (counts.get(run) ?? 0) + 1);
  return counts;
};

const BETWEEN = ' '; // stands for no byte, so it is in no piece
const spell = (run: string): string[] => Array.from(Buffer.from(run), (byte) => BYTES[byte]!);

const join = (pieces: readonly string[], left: string, right: string): string[] => {
  const joined: string[] = [];
  for (const piece of pieces)
    if (piece === right && joined.at(-1) === left) joined[joined.length - 1] = left + right;
    else joined.push(piece);
  return joined;
};

/** Counts of all pairs of neighbours, and which words have them, kept up to date while words change. */
const openPairs = (words: Iterable<readonly [string, number]>) => {
  const known = Array.from(words, ([run, count]) => ({ count, pieces: spell(run) }));
  const counts = new Map<string, number>();
  const places = new Map<string, Set<number>>();
  const add = (at: number, sign: 1 | -1): void => {
    const { count, pieces } = known[at]!;
    for (let i = 1; i < pieces.length; i++) {
      const pair = pieces[i - 1]! + BETWEEN + pieces[i]!;
      counts.set(pair, (counts.get(pair) ?? 0) + sign * count);
      if (sign > 0) places.set(pair, (places.get(pair) ?? new Set()).add(at));
    }
  };
  for (const at of known.keys()) add(at, 1);
  return {
    commonest(): string | null {
      let best: string | null = null;
      let most = 1; // what occurs once is no pattern
      for (const [pair, count] of counts)
        if (count > most || (count === most && best !== null && pair < best)) [best, most] = [pair, count];
      return best;
    },
    join(pair: string): readonly [string, string] {
      const [left, right] = pair.split(BETWEEN) as [string, string];
      for (const at of places.get(pair) ?? []) {
        add(at, -1);
        known[at]!.pieces = join(known[at]!.pieces, left, right);
        add(at, 1);
      }
      counts.delete(pair);
      places.delete(pair);
      return [left, right];
    },
  };
};

/** Pairs in the order in which they became pieces, `merges` of them at most. Ties go to the pair that sorts first. */
export const learnMerges = (texts: Iterable<string>, merges: number): (readonly [string, string])[] => {
  const pairs = openPairs(countRuns(texts));
  const learned: (readonly [string, string])[] = [];
  while (learned.length < merges) {
    const pair = pairs.commonest();
    if (pair === null) break;
    learned.push(pairs.join(pair));
  }
  return learned;
};

/** Text to the pieces of these merges. Runs come again and again, so each is cut up once. */
export const encoder = (
  merges: readonly (readonly [string, string])[],
  idOf: (piece: string) => number,
): ((text: string) => number[]) => {
  const ranks = new Map(merges.map(([left, right], rank) => [left + BETWEEN + right, rank]));
  const cut = (run: string): number[] => {
    let pieces = spell(run);
    for (;;) {
      let best = Infinity;
      for (let i = 1; i < pieces.length; i++)
        best = Math.min(best, ranks.get(pieces[i - 1]! + BETWEEN + pieces[i]!) ?? Infinity);
      if (best === Infinity) return pieces.map(idOf);
      pieces = join(pieces, ...merges[best]!);
    }
  };
  const known = new Map<string, number[]>();
  const pattern = new RegExp(SPLIT, 'gu');
  return (text) =>
    Array.from(text.matchAll(pattern)).flatMap(([run]) => {
      let ids = known.get(run);
      if (!ids) known.set(run, (ids = cut(run)));
      return ids;
    });
};
