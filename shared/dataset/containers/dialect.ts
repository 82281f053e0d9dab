/** How a table of text is written: what parts its cells, what quotes them. */

export type Dialect = {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  /** the first line is `sep=;`, as Excel understands it */
  readonly hint: boolean;
};

const DELIMITERS = [',', '\t', ';', '|'] as const;
const RECORDS = 50;

/** Cells of the first records, counted with what stands between quotes left out. */
const counts = (text: string, delimiter: string, quote: string): readonly number[] => {
  const found: number[] = [];
  let [cells, quoted, empty] = [1, false, true];
  for (let i = 0; i < text.length && found.length < RECORDS; i++) {
    const c = text[i]!;
    if (c === quote) quoted = !quoted;
    else if (quoted) continue;
    else if (c === delimiter) cells += 1;
    else if (c === '\n') {
      if (!empty) found.push(cells);
      [cells, empty] = [1, true];
      continue;
    }
    if (c !== '\r' && c !== ' ') empty = false;
  }
  // a record that goes on behind the text says nothing, unless it is the header
  if (!empty && (!quoted || found.length === 0) && found.length < RECORDS) found.push(cells);
  return found;
};

export type Agreement = { readonly columns: number; readonly records: number; readonly share: number };

/** How many columns the header has by this delimiter, and how many records agree with it. */
export const agreement = (text: string, delimiter: string, quote = '"'): Agreement => {
  const [columns = 1, ...rest] = counts(text, delimiter, quote);
  const same = rest.filter((cells) => cells === columns).length;
  return { columns, records: rest.length, share: rest.length === 0 ? 1 : same / rest.length };
};

const worth = ({ share, columns }: Agreement): number => (share >= 0.9 ? 1000 : 0) + columns + share;

/** Of those that give more than one column the one that most records agree with, then the one that gives most. */
const delimiterOf = (text: string, quote: string): string => {
  const found = DELIMITERS.map((delimiter) => ({ delimiter, ...agreement(text, delimiter, quote) }));
  const able = found.filter(({ columns }) => columns > 1);
  return able.reduce((a, b) => (worth(b) > worth(a) ? b : a), able[0] ?? found[0]!).delimiter;
};

export const dialectOf = (text: string): Dialect => {
  const hinted = /^sep=(.)\r?\n/i.exec(text);
  const body = hinted ? text.slice(hinted[0].length) : text;
  const quote = /^\s*'[^'\n]*'\s*[,;\t|]\s*'/.test(body) ? "'" : '"';
  const doubled = new RegExp(`[^\\\\,;\\t|\\n]${quote}${quote}`).test(body);
  const slashed = new RegExp(`[^\\\\${quote}]\\\\${quote}[^,;\\t|\\r\\n]`).test(body);
  return {
    delimiter: hinted ? hinted[1]! : delimiterOf(body, quote),
    quote,
    escape: slashed && !doubled ? '\\' : quote,
    hint: hinted !== null,
  };
};
