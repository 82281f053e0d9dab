import { warns, type SetCheck } from './check.ts';
import { placeOf } from './rows.ts';

export const contradictoryPreferences: SetCheck = {
  code: 'contradictory_preferences',
  ...warns,
  message: 'Of two answers to one question each is preferred to the other',
  fix: 'Decide for one order',
  *judge(rows) {
    const { chosen, rejected } = rows.traits;
    const first = new Map<string, number>();
    for (const row of rows.open({ kinds: ['preference'] })) {
      const { prompt } = rows.at(row);
      const other = first.get(`${prompt} ${rejected[row]} ${chosen[row]}`);
      if (other !== undefined) yield { row, excerpt: `the other way round than ${placeOf(rows, other)}` };
      const own = `${prompt} ${chosen[row]} ${rejected[row]}`;
      if (!first.has(own)) first.set(own, row);
    }
  },
};
