/** The text that nano learns from: as many rows as are asked for, each from its own family by the families' shares. */
import type { Row } from '../../../shared/contracts/row.ts';
import { openDice } from './dice.ts';
import { FAMILIES } from './families/index.ts';
import type { Sample } from './sample.ts';

const rowOf = (sample: Sample): Row => {
  if ('text' in sample) return { kind: 'text', text: sample.text };
  const { system, user, answer } = sample;
  const opening = system === undefined ? [] : [{ role: 'system' as const, content: system }];
  return {
    kind: 'chat',
    messages: [...opening, { role: 'user', content: user }, { role: 'assistant', content: answer }],
  };
};

/** Rows 0 … n−1 of the corpus of a seed: more of them begin with the same ones. */
export const corpus = function* (seed: number, n: number): Generator<Row> {
  const whole = FAMILIES.reduce((sum, { share }) => sum + share, 0);
  const dice = openDice(seed, 'corpus');
  for (let i = 0; i < n; i++) {
    let left = (dice.int(0, 999_999) / 1_000_000) * whole;
    const family = FAMILIES.find(({ share }) => (left -= share) < 0) ?? FAMILIES.at(-1)!;
    yield rowOf(family.make(dice));
  }
};
