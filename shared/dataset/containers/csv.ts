/** CSV and TSV (https://www.rfc-editor.org/rfc/rfc4180) with a header. Cells stay text: "3.3" is "3.3". */
import { finished } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { clip, excerptOf } from '../place.ts';
import { unreadable } from '../unreadable.ts';
import { isNamed, type Container, type InputRow } from './container.ts';

const DELIMITERS = [',', '\t', ';', '|'] as const;

/** The first record, with what stands between quotes left out. */
const headerOf = (text: string): string =>
  text
    .trimStart()
    .replaceAll(/"[^"]*"/g, '')
    .split('\n', 1)[0]!;

/** The delimiter that the header has most of; a comma where it has none. */
const delimiterOf = (text: string): string => {
  const header = headerOf(text);
  const count = (delimiter: string): number => header.split(delimiter).length;
  return DELIMITERS.reduce((best, next) => (count(next) > count(best) ? next : best));
};

/** Lines before a record and up to the end of it, in what the parser consumed for it: it leaves one character of each
 *  record's end, blank lines come first. */
const linesOf = (raw: string): { before: number; all: number } => {
  const before = /^[\r\n]*/.exec(raw)![0].length;
  const within = raw.slice(before);
  return { before, all: before + within.split('\n').length - 1 + (within.endsWith('\r') ? 1 : 0) };
};

type Parsed = { readonly record: readonly string[]; readonly raw: string };

/** The parser without its stream's read side: that would lose the records before an error. */
const recordsOf = (delimiter: string) => {
  let parsed: Parsed[] = [];
  const parser = parse({
    delimiter,
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

const toRow = (header: readonly string[], cells: readonly string[], line: number): InputRow =>
  cells.length === header.length
    ? { line, value: Object.fromEntries(header.map((key, i) => [key, cells[i]])) }
    : {
        line,
        error: {
          code: 'invalid_csv',
          pointer: '',
          excerpt: clip(`${cells.length} cells, the header has ${header.length}: ${excerptOf(cells[0])}`),
        },
      };

const checkHeader = (cells: readonly string[], line: number): readonly string[] => {
  const header = cells.map((cell) => cell.trim());
  const twice = header.find((key, i) => header.indexOf(key) !== i);
  if (twice !== undefined) unreadable('unreadable_csv', `two columns are called ${excerptOf(twice)}`, line);
  return header;
};

/** Puts the pieces that were read to find the delimiter in front of the rest. */
const sniffed = async (
  texts: AsyncIterable<string>,
): Promise<{ head: string; all: AsyncGenerator<string> }> => {
  const rest = texts[Symbol.asyncIterator]();
  let head = '';
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    head += next.value;
    if (head.trimStart().includes('\n')) break;
  }
  const all = async function* (): AsyncGenerator<string> {
    yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  };
  return { head, all: all() };
};

export const csv: Container = {
  name: 'csv',
  match({ text, name }) {
    if (isNamed(name, '.csv', '.tsv')) return 2;
    const header = headerOf(text);
    return !isNamed(name, '.json', '.jsonl', '.ndjson') && /^[\w ]+([,\t;|][\w ]+)+\s*$/.test(header) ? 1 : 0;
  },
  async *rows(texts) {
    const { head, all } = await sniffed(texts);
    const { write, end } = recordsOf(delimiterOf(head));
    let header: readonly string[] | null = null;
    let line = 1;
    const rowsOf = function* (parsed: readonly Parsed[]): Generator<InputRow> {
      for (const { record: cells, raw } of parsed) {
        const { before, all: consumed } = linesOf(raw);
        const begin = line + before;
        line += consumed;
        if (cells.length === 1 && cells[0]!.trim() === '' && header?.length !== 1) continue;
        if (header === null) header = checkHeader(cells, begin);
        else yield toRow(header, cells, begin);
      }
    };
    for await (const text of all) yield* rowsOf(write(text));
    const { parsed, error } = await end();
    yield* rowsOf(parsed);
    if (error) unreadable('unreadable_csv', clip(error.message), line);
  },
};
