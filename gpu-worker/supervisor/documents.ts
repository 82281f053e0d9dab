export type Document = { bytes(): Uint8Array; version(): number };

/** Puts whole documents that have changed since they were last put, one after another, so that no older text ever
 *  replaces a newer one. */
export const changedDocuments = (documents: Readonly<Record<string, Document>>) => {
  const put = new Map<string, number>();
  let queue: Promise<void> = Promise.resolve();
  const flush = async (write: (key: string, bytes: Uint8Array) => Promise<void>) => {
    for (const [key, document] of Object.entries(documents)) {
      const version = document.version();
      if (put.get(key) === version) continue;
      await write(key, document.bytes());
      put.set(key, version);
    }
  };
  return (write: (key: string, bytes: Uint8Array) => Promise<void>): Promise<void> => {
    const turn = queue.then(() => flush(write));
    queue = turn.catch(() => {});
    return turn;
  };
};
