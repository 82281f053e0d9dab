/** CSV and TSV (https://www.rfc-editor.org/rfc/rfc4180) with a header. Cells stay text: "3.3" is "3.3". */
import { sniffed } from './sniff.ts';
import { finished } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { candidates } from '../columns.ts';
import { clip, excerptOf } from '../place.ts';
import { unreadable } from '../unreadable.ts';
import { isNamed, isProse, type Container, type InputRow } from './container.ts';
import { agreement, dialectOf, type Dialect } from './dialect.ts';
import { checkHeader, titled, valueOf } from './header.ts';
import { LONGEST_ROW } from './parse.ts';

/** Lines before a record and up to the end of it, in what the parser consumed for it: it leaves one character of each
 *  record's end, blank lines come first. */
const linesOf = (raw: string): { before: number; all: number } => {
  const before = /^[\r\n]*/.exec(raw)![0].length;
  const within = raw.slice(before);
  return { before, all: before + within.split('\n').length - 1 + (within.endsWith('\r') ? 1 : 0) };
};

type Parsed = { readonly record: readonly string[]; readonly raw: string };

/** The parser without its stream's read side: that would lose the records before an error. */
const recordsOf = ({ delimiter, quote, escape }: Dialect) => {
  let parsed: Parsed[] = [];
  const parser = parse({
    delimiter,
    quote,
    escape,
    max_record_size: LONGEST_ROW,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true, // he said "hi" is a cell that people write
    skip_empty_lines: true,
    raw: true,
    on_record(found: unknown) {
      parsed.push(found as Parsed); // its type leaves out what `raw` changes
      return null;
    },
  });
  const done = finished(parser.resume()).then(
    () => null,
    (error: Error) => error,
  );
  const take = (): readonly Parsed[] => {
    const taken = parsed;
    parsed = [];
    return taken;
  };
  return {
    /** Records that end in this piece of text. */
    write(text: string): readonly Parsed[] {
      parser.write(text);
      return take();
    },
    async end(): Promise<{ parsed: readonly Parsed[]; error: Error | null }> {
      parser.end();
      const error = await done;
      return { parsed: take(), error };
    },
  };
};

/** A line of spaces; in a table of several columns also an empty cell alone. */
const saysNothing = (cells: readonly string[], raw: string, header: readonly string[] | null): boolean =>
  cells.length === 1 && (header === null ? raw : cells[0]!).trim() === '' && header?.length !== 1;

const toRow = (header: readonly string[], cells: readonly string[], line: number): InputRow =>
  cells.length === header.length
    ? { line, value: valueOf(header, cells) }
    : {
        line,
        error: {
          code: 'invalid_csv',
          pointer: '',
          excerpt: clip(`${cells.length} cells, the header has ${header.length}: ${excerptOf(cells[0])}`),
          ...titled(header),
        },
      };

/** Words with delimiters between them. */
const TABLE = /^[\p{L}\p{N}_ ]+([,\t;|][\p{L}\p{N}_ ]+)+\s*$/u;

const hasUsualNames = (header: string): boolean => {
  const cells = header.split(/[,;\t|]/).map((cell) => cell.trim().replaceAll('"', ''));
  const row = Object.fromEntries(cells.map((cell) => [cell, '']));
  return candidates(row, 'prompt').length > 0 || candidates(row, 'completion').length > 0;
};

/** A text's first line may have a comma. A table's has names that tables have, or a delimiter that no text has. */
const isTable = (text: string): boolean => {
  const header = text.trimStart().split('\n', 1)[0]!;
  const regular = ['\t', ';', '|'].some((delimiter) => {
    const { columns, records, share } = agreement(text, delimiter);
    return columns > 1 && records > 0 && share === 1;
  });
  return /[,;\t|]/.test(header) && (regular || hasUsualNames(header));
};

export const csv: Container = {
  name: 'csv',
  match({ text, name }) {
    if (isNamed(name, '.csv', '.tsv')) return 2;
    const header = text.trimStart().split('\n', 1)[0]!;
    const table = TABLE.test(header.replaceAll(/"[^"]*"/g, 'x'));
    if (isNamed(name, '.json', '.jsonl', '.ndjson')) return table && hasUsualNames(header) ? 3 : 0;
    return table && (!isProse(name) || isTable(text)) ? 1 : 0;
  },
  async *rows(texts) {
    const { head, all } = await sniffed(texts);
    const dialect = dialectOf(head);
    const { write, end } = recordsOf(dialect);
    let header: readonly string[] | null = null;
    let line = 1;
    let hinted = dialect.hint;
    const rowsOf = function* (parsed: readonly Parsed[]): Generator<InputRow> {
      for (const { record: cells, raw } of parsed) {
        const { before, all: consumed } = linesOf(raw);
        const begin = line + before;
        line += consumed;
        if (hinted) hinted = false;
        else if (saysNothing(cells, raw, header)) continue;
        else if (header === null) header = checkHeader(cells, begin, 'unreadable_csv');
        else yield toRow(header, cells, begin);
      }
    };
    for await (const text of all) yield* rowsOf(write(text));
    const { parsed, error } = await end();
    yield* rowsOf(parsed);
    if (error) unreadable('unreadable_csv', clip(error.message), line);
  },
};
