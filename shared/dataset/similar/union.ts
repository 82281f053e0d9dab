/** Sets that grow together: rows that must stay on one side. */
export type Union = {
  /** the same number for all members of a set, below the count of all */
  of(i: number): number;
  join(i: number, j: number): void;
};

export const union = (length: number): Union => {
  const parent = new Uint32Array(length);
  for (let i = 0; i < length; i++) parent[i] = i;
  const of = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root] = parent[parent[root]!]!; // halves the way for the next one
    return root;
  };
  return {
    of,
    join(i, j) {
      const [a, b] = [of(i), of(j)];
      if (a < b) parent[b] = a;
      else parent[a] = b;
    },
  };
};
