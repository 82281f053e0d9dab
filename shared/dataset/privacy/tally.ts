/** What was found, by type: exact counts, and the first hundred places of each. */
import type { DatasetReport, Personal } from '../../contracts/dataset.ts';
import type { PersonalType, Privacy } from '../../contracts/privacy.ts';
import { modeOf } from './treat.ts';

const PLACES = 100;

type Group = { count: number; readonly places: Personal['places'] };
export type PersonalGroups = ReadonlyMap<PersonalType, Group>;

export const personalTally = () => {
  const groups = new Map<PersonalType, Group>();
  const groupOf = (type: PersonalType): Group => {
    const group = groups.get(type) ?? { count: 0, places: [] };
    groups.set(type, group);
    return group;
  };
  return {
    groups: groups as PersonalGroups,
    add(type: PersonalType, file: string, line: number, pointer: string): void {
      const group = groupOf(type);
      group.count += 1;
      if (group.places.length < PLACES) group.places.push({ file, line, pointer });
    },
    /** What another tally counted in a part of `file`, `before` lines of which came earlier. */
    merge(more: PersonalGroups, file: string, before: number): void {
      for (const [type, { count, places }] of more) {
        const group = groupOf(type);
        group.count += count;
        for (const { line, pointer } of places.slice(0, PLACES - group.places.length))
          group.places.push({ file, line: line === null ? null : line + before, pointer });
      }
    },
    /** Its part of the report: the most frequent first. */
    report(privacy: Privacy): Pick<DatasetReport, 'personal' | 'privacy'> {
      const found = [...groups].toSorted(([, a], [, b]) => b.count - a.count);
      return {
        personal: Object.fromEntries(found.map(([type, { count }]) => [type, count])),
        privacy: found.map(([type, { count, places }]) => {
          const mode = modeOf(privacy, type);
          return { type, count, mode: mode === 'ignore' ? 'report' : mode, places };
        }),
      };
    },
  };
};
