/** Containers, and which of them a file is. */
import { SNIFFED } from './sniff.ts';
import { encodingOf } from '../encoding.ts';
import { defectOf, unreadable } from '../unreadable.ts';
import type { Container, Head, InputRow } from './container.ts';
import { csv } from './csv.ts';
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { plain } from './plain.ts';

const CONTAINERS: readonly Container[] = [jsonl, json, csv, plain];

const LONGEST_FIRST_LINE = 16_777_216;

const hasLine = (text: string): boolean => text.trimStart().includes('\n');

const choose = (head: Head): Container | null => {
  const ranked = CONTAINERS.map((container) => ({ container, score: container.match(head) }));
  const best = ranked.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score === 0 ? null : best.container;
};

/** Whether a file that begins with these bytes is JSON Lines in UTF-8 beyond doubt, so that it may be cut at line ends
 *  without being decoded. */
export const isJsonLines = (bytes: Uint8Array, whole: boolean, name: string): boolean => {
  const end = whole ? bytes.length : bytes.lastIndexOf(0x0a) + 1;
  if (end === 0) return false;
  try {
    if (encodingOf(bytes) !== 'utf-8') return false;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end));
    return text.trim() !== '' && choose({ text, whole, name }) === jsonl;
  } catch (error) {
    if (error instanceof TypeError || defectOf(error)) return false;
    throw error;
  }
};

/** Every row of a file, read by the container that content and name suggest.
 *  Throws `empty_file` and `unknown_container` (see `unreadable`), and what the container throws. */
export const readRows = async function* (
  texts: AsyncIterable<string>,
  name: string,
): AsyncGenerator<InputRow> {
  const rest = texts[Symbol.asyncIterator]();
  const parts: string[] = [];
  let size = 0;
  let whole = false;
  let lines = false;
  let failure: { readonly error: unknown } | null = null; // of the source: what came before it is read first
  while (!whole && !failure && !(size >= SNIFFED && (lines || size >= LONGEST_FIRST_LINE))) {
    try {
      const next = await rest.next();
      if (next.done) whole = true;
      else {
        parts.push(next.value);
        size += next.value.length;
        lines ||= hasLine(next.value);
      }
    } catch (error) {
      failure = { error };
    }
  }
  const start = parts.join('');
  // as Macs wrote lines before 2001, and some tables still are
  const lone = !start.includes('\n') && /\r[^\n]/.test(start);
  const text = lone ? start.replaceAll('\r', '\n') : start;
  if (failure && text.trim() === '') throw failure.error;
  if (whole && text.trim() === '') unreadable('empty_file', size === 0 ? 'no bytes' : 'nothing but spaces');
  // cut at a fixed place, so that the verdict does not depend on how the bytes were chunked
  const lineEnd = text.indexOf('\n', text.search(/\S/));
  const cut = Math.max(SNIFFED, lineEnd < 0 ? LONGEST_FIRST_LINE : lineEnd + 1);
  const head: Head = { text: text.slice(0, cut), whole: whole && text.length <= cut, name };
  const best = choose(head);
  if (!best) return unreadable('unknown_container', `it begins with ${JSON.stringify(text.slice(0, 40))}`, 1);

  const all = async function* (): AsyncGenerator<string> {
    yield text;
    if (failure) throw failure.error;
    for (let next = await rest.next(); !next.done; next = await rest.next())
      yield lone ? next.value.replaceAll('\r', '\n') : next.value;
  };
  yield* best.rows(all(), name);
};
