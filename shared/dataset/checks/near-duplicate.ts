import { warns, type SetCheck } from './check.ts';

export const nearDuplicate: SetCheck = {
  code: 'near_duplicate',
  ...warns,
  message: 'A row says nearly what an earlier one says, or one that is like it',
  fix: 'Nothing to do: such rows are never on both sides of the test (data.near_duplicates: drop uses the first of them only)',
  fateFor: ({ near_duplicates }) => (near_duplicates === 'drop' ? 'duplicate' : null),
  *judge(rows) {
    const firstOf = () => new Int32Array(rows.length).fill(-1);
    const first = { train: firstOf(), valid: firstOf() };
    const seen = new Uint8Array(rows.length); // identities: of equal rows the first alone is told here
    for (const { row, role, fate, identity, family } of rows) {
      if (fate !== null || identity === null) continue;
      const before = first[role][family]!;
      if (before < 0) first[role][family] = row;
      else if (seen[identity] === 0) {
        const { line, file } = rows.at(before);
        yield { row, excerpt: `much like line ${line} of ${file}` };
      }
      seen[identity] = 1;
    }
  },
};
