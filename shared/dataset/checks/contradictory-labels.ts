import { warns, type SetCheck } from './check.ts';
import { placeOf } from './rows.ts';

export const contradictoryLabels: SetCheck = {
  code: 'contradictory_labels',
  ...warns,
  message: 'One answer to one question is labelled good and bad',
  fix: 'Decide for one label',
  *judge(rows) {
    const first = new Map<string, number>();
    for (const row of rows.open({ kinds: ['kto'] })) {
      const { prompt, answer, labels } = rows.at(row);
      const key = `${prompt} ${answer}`;
      const other = first.get(key);
      if (other === undefined) first.set(key, row);
      else if (rows.at(other).labels[0] !== labels[0])
        yield { row, excerpt: `${labels[0]}, otherwise than ${placeOf(rows, other)}` };
    }
  },
};
