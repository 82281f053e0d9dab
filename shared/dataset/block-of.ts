/** The block that holds a row: blocks are in order, each from its first row on. */
export const blockOf = <B extends { readonly from: number }>(blocks: readonly B[], row: number): B => {
  let [low, high] = [0, blocks.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (blocks[middle]!.from <= row) low = middle;
    else high = middle - 1;
  }
  return blocks[low]!;
};
