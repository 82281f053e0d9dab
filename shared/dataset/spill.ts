/** Where bytes wait that are too many for memory: a temporary file where there are files, memory where there are none. */

export type Spill = {
  /** Whether bytes may change or go once they were appended; else a view of them is kept. */
  readonly copies: boolean;
  /** Keeps the bytes and says where. */
  append(bytes: Uint8Array): number;
  /** `length` bytes from `at`; never across what two calls of `append` gave. */
  read(at: number, length: number): Uint8Array;
};

export const memorySpill = (): Spill => {
  const chunks: Uint8Array[] = [];
  const starts: number[] = [];
  let end = 0;
  return {
    copies: false,
    append(bytes) {
      chunks.push(bytes);
      starts.push(end);
      end += bytes.length;
      return end - bytes.length;
    },
    read(at, length) {
      let [low, high] = [0, starts.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (starts[middle]! <= at) low = middle;
        else high = middle - 1;
      }
      const from = at - (starts[low] ?? 0);
      return chunks[low]?.subarray(from, from + length) ?? new Uint8Array();
    },
  };
};
