/** A look at how a text begins, before it is read. */

/** Characters that a format is told by. */
export const SNIFFED = 65_536;

/** The beginning, and all pieces with those that were read for it in front. */
export const sniffed = async (
  texts: AsyncIterable<string>,
): Promise<{ head: string; all: AsyncGenerator<string> }> => {
  const rest = texts[Symbol.asyncIterator]();
  let head = '';
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    head += next.value;
    if (head.length >= SNIFFED) break;
  }
  const all = async function* (): AsyncGenerator<string> {
    yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  };
  return { head: head.slice(0, SNIFFED), all: all() };
};
