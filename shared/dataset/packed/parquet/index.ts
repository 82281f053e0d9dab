/** Parquet (https://parquet.apache.org/docs/file-format/): a row's line is its number. Whole in memory, read group by
 *  group. Own code, since a reader must bear any bytes: no size is believed, no run is longer than its page. */
import type { InputRow } from '../../containers/container.ts';
import { parseRow } from '../../containers/parse.ts';
import { checkRatio } from '../inflate.ts';
import { assembler } from './assemble.ts';
import { leavesOf, readFooter } from './footer.ts';
import { readColumn, type Column } from './pages.ts';
import { broken } from './thrift.ts';

export const readParquet = async function* (bytes: Uint8Array): AsyncGenerator<InputRow> {
  const { root, groups } = readFooter(bytes);
  const leaves = leavesOf(root);
  let [line, unpacked, said] = [0, 0, 0];
  for (const { rows, chunks } of groups) {
    const values = chunks.reduce((sum, chunk) => sum + chunk.values, 0);
    if (!chunks.every((chunk) => chunk.values >= rows) || rows < 0) broken('a column has too few values');
    checkRatio(values * 8, bytes.length);
    const columns: Column[] = [];
    for (const [i, chunk] of chunks.entries())
      columns.push(
        await readColumn(bytes, chunk, leaves[i]!, (size) => {
          unpacked += size;
          checkRatio(unpacked, bytes.length);
        }),
      );
    const { record, done } = assembler(root, columns);
    for (let i = 0; i < rows; i++) {
      const text = JSON.stringify(record());
      said += text.length;
      checkRatio(said, bytes.length);
      yield parseRow(text, ++line);
    }
    if (!done()) broken('a group has more values than rows');
  }
};
