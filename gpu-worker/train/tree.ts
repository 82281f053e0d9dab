/** Rows that begin alike, laid so that what they share takes its places once: a trie in depth-first order. A token sees the
 *  tokens before it whose branch it is on, so each row is computed as if it were alone, and gradients add up where rows
 *  meet. Exact: a hidden state depends on nothing but the tokens before it. A row's last token predicts nothing, and takes
 *  no place. */
import type { Placed } from './batch.ts';

type Ids = Placed['row']['ids'];

/** With how many equal tokens both begin. */
export const sharedStart = (a: Ids, b: Ids): number => {
  const most = Math.min(a.length, b.length);
  let n = 0;
  while (n < most && a[n] === b[n]) n++;
  return n;
};

/** The tokens of a row that take places. */
export const laid = ({ row: { ids } }: Placed): Ids => ids.subarray(0, Math.max(1, ids.length - 1));

/** Rows that begin alike become neighbours. */
const compare = (a: Placed, b: Placed): number => {
  const n = sharedStart(a.row.ids, b.row.ids);
  return (a.row.ids[n] ?? -1) - (b.row.ids[n] ?? -1) || a.index - b.index;
};
export const byStart = (rows: readonly Placed[]): Placed[] => rows.toSorted(compare);

/** Places that rows take together; `virtual` learned tokens begin each. */
export const treeSize = (rows: readonly Placed[], virtual: number): number =>
  byStart(rows)
    .map(laid)
    .reduce((sum, ids, i, all) => sum + ids.length + (i === 0 ? virtual : -sharedStart(all[i - 1]!, ids)), 0);

export type Branch = {
  readonly placed: Placed;
  /** place of each of its tokens, learned ones first; valid until the next branch is asked for */
  readonly path: readonly number[];
  /** the first token that is not yet laid */
  readonly fresh: number;
};

/** Lays rows from place 0 on. `until` is told the end of each place's branches. */
export function* branches(
  rows: readonly Placed[],
  { virtual, share }: { readonly virtual: number; readonly share: boolean },
  until: (place: number, end: number) => void,
): Generator<Branch> {
  const path: number[] = [];
  let end = 0;
  const close = (from: number) => {
    for (const place of path.splice(from)) until(place, end);
  };
  let before: Ids | null = null;
  for (const placed of share ? byStart(rows) : rows) {
    const ids = share ? laid(placed) : placed.row.ids;
    const fresh: number = share && before ? virtual + sharedStart(before, ids) : 0;
    close(fresh);
    while (path.length < virtual + ids.length) path.push(end++);
    yield { placed, path, fresh };
    before = ids;
  }
  close(0);
}
