/** Workbooks of Excel, LibreOffice and WPS (ECMA-376): cells as they are written, the first row as the header. Dates
 *  are numbers there and stay numbers. */
import type { InputRow } from '../containers/container.ts';
import { checkHeader, titled, valueOf } from '../containers/header.ts';
import { excerptOf } from '../place.ts';
import { unreadable } from '../unreadable.ts';
import { collect } from './bytes.ts';
import { tagsOf, textOf, type Tag } from './xml.ts';
import type { Member } from './zip.ts';

const LARGEST_PART = 128 * 1024 * 1024;

export type Sheet = { readonly name: string; readonly rows: AsyncIterable<InputRow> };

export const isWorkbook = (members: readonly Member[]): boolean =>
  members.some(({ name }) => name === 'xl/workbook.xml');

const broken = (why: string): never => unreadable('unreadable_xlsx', why);

const xmlOf = async (members: readonly Member[], name: string): Promise<string | null> => {
  const member = members.find((other) => other.name === name);
  if (!member) return null;
  const text = new TextDecoder().decode(await collect(member.open(), LARGEST_PART));
  if (/<!DOCTYPE|<!ENTITY/i.test(text.slice(0, 4096))) broken(`${name} declares entities`);
  return text;
};

/** Texts that cells name by number. What only says how to pronounce them (`rPh`) is left out. */
const sharedOf = (xml: string): readonly string[] => {
  const texts: string[] = [];
  let [text, spoken] = ['', false];
  for (const { name, closes, before } of tagsOf(xml)) {
    if (name === 'si' && !closes) text = '';
    if (name === 'rPh') spoken = !closes;
    if (name === 't' && closes && !spoken) text += textOf(before);
    if (name === 'si' && closes) texts.push(text);
  }
  return texts;
};

const columnOf = (reference: string | undefined, next: number): number => {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (letters === undefined) return next;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
};

type Line = { readonly line: number; readonly cells: readonly string[] };

/** Rows with their numbers; what no cell says is ''. */
const linesOf = function* (xml: string, shared: readonly string[]): Generator<Line> {
  let [line, column, value, spoken] = [0, -1, '', false];
  let type: string | undefined;
  let cells: string[] = [];
  const open = ({ name, attributes }: Tag): void => {
    if (name === 'row') {
      line = Number(attributes['r'] ?? line + 1);
      if (!Number.isSafeInteger(line) || line < 1)
        broken(`a row has the number ${excerptOf(attributes['r'])}`);
      [cells, column] = [[], -1];
    } else if (name === 'c') {
      column = columnOf(attributes['r'], column + 1);
      [type, value] = [attributes['t'], ''];
    }
  };
  const put = (): void => {
    const text = type === 's' ? shared[Number(value)] : type === 'b' ? String(value === '1') : value;
    if (text === undefined) broken(`row ${line} names a text that is missing`);
    while (cells.length < column) cells.push('');
    cells[column] = text!;
  };
  for (const tag of tagsOf(xml)) {
    const { name, closes, before } = tag;
    if (!closes) open(tag);
    if (name === 'rPh') spoken = !closes;
    if (closes && (name === 'v' || (name === 't' && !spoken))) value += textOf(before);
    if (closes && name === 'c') put();
    if (closes && name === 'row') yield { line, cells };
  }
};

const sheetRows = async function* (
  members: readonly Member[],
  path: string,
  shared: readonly string[],
): AsyncGenerator<InputRow> {
  const xml = (await xmlOf(members, path)) ?? broken(`${path} is missing`);
  let header: readonly string[] | null = null;
  for (const { line, cells } of linesOf(xml, shared)) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    if (header === null) {
      header = checkHeader(cells, line, 'unreadable_xlsx');
      continue;
    }
    const names = header;
    const more = cells.slice(names.length).filter((cell) => cell.trim() !== '');
    if (more.length > 0) {
      const excerpt = `${cells.length} cells, the header has ${names.length}: ${excerptOf(cells[0])}`;
      yield { line, error: { code: 'invalid_csv', pointer: '', excerpt, ...titled(names) } };
    } else
      yield {
        line,
        value: valueOf(
          names,
          names.map((_, i) => cells[i] ?? ''),
        ),
      };
  }
};

/** Path of each sheet that is not hidden, by its name, in the workbook's order. */
const pathsOf = async (members: readonly Member[]): Promise<readonly (readonly [string, string])[]> => {
  const workbook = (await xmlOf(members, 'xl/workbook.xml'))!;
  const links = (await xmlOf(members, 'xl/_rels/workbook.xml.rels')) ?? '';
  const targets = new Map<string, string>();
  for (const { name, closes, attributes } of tagsOf(links))
    if (name === 'Relationship' && !closes) targets.set(attributes['Id'] ?? '', attributes['Target'] ?? '');
  const paths: (readonly [string, string])[] = [];
  for (const { name, closes, attributes } of tagsOf(workbook)) {
    if (name !== 'sheet' || closes || ['hidden', 'veryHidden'].includes(attributes['state'] ?? '')) continue;
    const target = targets.get(attributes['id'] ?? '');
    if (target !== undefined)
      paths.push([attributes['name'] ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`]);
  }
  return paths;
};

/** The sheets that have anything in them. */
export const readWorkbook = async (members: readonly Member[]): Promise<readonly Sheet[]> => {
  const shared = sharedOf((await xmlOf(members, 'xl/sharedStrings.xml')) ?? '');
  const sheets: Sheet[] = [];
  for (const [name, path] of await pathsOf(members)) {
    const size = members.find((member) => member.name === path)?.size ?? 0;
    const first = size > 65_536 ? { done: false } : await sheetRows(members, path, shared).next();
    if (!first.done) sheets.push({ name, rows: sheetRows(members, path, shared) });
  }
  return sheets.length > 0 ? sheets : unreadable('empty_file', 'no sheet has a header and a row');
};
