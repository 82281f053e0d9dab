import { readRows } from '../../../../shared/dataset/containers/index.ts';
import { defectOf } from '../../../../shared/dataset/unreadable.ts';

/** `[line, value]` for a row, `[line, code, line of the error]` for a broken one, the file's defect code at the end. */
export const read = async (name: string, text: string, size = 1000): Promise<readonly unknown[]> => {
  const pieces = async function* (): AsyncGenerator<string> {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  };
  const rows: unknown[] = [];
  try {
    for await (const row of readRows(pieces(), name)) {
      rows.push('value' in row ? [row.line, row.value] : [row.line, row.error.code, row.error.line]);
    }
  } catch (error) {
    rows.push(defectOf(error)?.code ?? error);
  }
  return rows;
};
