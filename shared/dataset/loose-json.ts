/** Texts that are nearly JSON: as Python prints dictionaries, with commas too many, with comments, or with NaN. */

/** What was put up with, first one first. */
export type Liberty = 'nan' | 'python' | 'comma' | 'comment' | 'quotes';
export type Loose = { readonly value: unknown; readonly liberties: readonly Liberty[] };

const LONGEST = 2_000_000; // characters: beyond it nobody writes by hand
const DEEPEST = 100;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /-?[A-Za-z_]+/y;
const COMMENT = /\/\/[^\n]*|\/\*[^]*?\*\/|#[^\n]*/y;

const WORDS: ReadonlyMap<string, readonly [value: unknown, liberty: Liberty | null]> = new Map([
  ['true', [true, null]],
  ['false', [false, null]],
  ['null', [null, null]],
  ['True', [true, 'python']],
  ['False', [false, 'python']],
  ['None', [null, 'python']],
  ['NaN', [null, 'nan']],
  ['nan', [null, 'nan']],
  ['Infinity', [null, 'nan']],
  ['-Infinity', [null, 'nan']],
  ['undefined', [null, 'nan']],
]);

const SINGLE: Readonly<Record<string, string>> = { "'": "'", n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

class Reader {
  readonly liberties: Liberty[] = [];
  at = 0;
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  took(liberty: Liberty): void {
    if (!this.liberties.includes(liberty)) this.liberties.push(liberty);
  }

  token(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found === '' ? null : found;
  }

  space(): void {
    for (;;) {
      this.token(SPACE);
      if (this.token(COMMENT) === null) return;
      this.took('comment');
    }
  }

  fail(): never {
    throw new SyntaxError(`at ${this.at}`);
  }

  value(depth: number): unknown {
    this.space();
    const c = this.text[this.at];
    if (depth > DEEPEST) return this.fail();
    if (c === '{') return this.object(depth);
    if (c === '[') return this.list(depth);
    if (c === '"' || c === "'") return this.string(c);
    const number = this.token(NUMBER);
    if (number !== null) return Number(number);
    const word = WORDS.get(this.token(WORD) ?? '');
    if (!word) return this.fail();
    if (word[1]) this.took(word[1]);
    return word[0];
  }

  string(quote: string): string {
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== quote) end += this.text[end] === '\\' ? 2 : 1;
    if (end >= this.text.length) return this.fail();
    const inner = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    if (quote === '"') return JSON.parse(`"${inner}"`) as string;
    this.took('quotes');
    const escaped = inner.replaceAll(
      /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^])|["\n\t]/g,
      (whole, code?: string) => {
        if (code === undefined) return JSON.stringify(whole).slice(1, -1);
        if (code.startsWith('x')) return `\\u00${code.slice(1)}`;
        const plain = SINGLE[code];
        return plain === undefined ? whole : JSON.stringify(plain).slice(1, -1);
      },
    );
    return JSON.parse(`"${escaped}"`) as string;
  }

  /** Items up to `close`, a comma before it allowed. */
  items(close: string, item: () => void): void {
    this.at += 1;
    for (this.space(); this.text[this.at] !== close; this.space()) {
      item();
      this.space();
      if (this.text[this.at] === close) break;
      if (this.text[this.at] !== ',') this.fail();
      this.at += 1;
      this.space();
      if (this.text[this.at] === close) this.took('comma');
    }
    this.at += 1;
  }

  list(depth: number): unknown[] {
    const list: unknown[] = [];
    this.items(']', () => list.push(this.value(depth + 1)));
    return list;
  }

  object(depth: number): object {
    const entries: [string, unknown][] = [];
    this.items('}', () => {
      const quote = this.text[this.at];
      if (quote !== '"' && quote !== "'") this.fail();
      const key = this.string(quote!);
      this.space();
      if (this.text[this.at] !== ':') this.fail();
      this.at += 1;
      entries.push([key, this.value(depth + 1)]);
    });
    return Object.fromEntries(entries);
  }
}

/** What was meant, null where that cannot be said. Strict JSON comes back without liberties. */
export const readLoosely = (text: string): Loose | null => {
  if (text.length > LONGEST) return null;
  const reader = new Reader(text);
  try {
    const value = reader.value(0);
    reader.space();
    if (text[reader.at] === ',') {
      reader.took('comma');
      reader.at += 1;
      reader.space();
    }
    return reader.at === text.length ? { value, liberties: reader.liberties } : null;
  } catch {
    return null;
  }
};
