/** Every family of rows with its share of the corpus. To add one: its file, its row. */
import type { Dice } from '../dice.ts';
import type { Sample } from '../sample.ts';
import { advice } from './advice.ts';
import { calls } from './calls.ts';
import { chinese } from './chinese.ts';
import { convert } from './convert.ts';
import { copy } from './copy.ts';
import { facts } from './facts.ts';
import { records } from './records.ts';
import { stories } from './stories.ts';
import { talk } from './talk.ts';

type Family = { readonly name: string; readonly share: number; make(dice: Dice): Sample };

export const FAMILIES: readonly Family[] = [
  { name: 'calls', share: 0.28, make: calls },
  { name: 'records', share: 0.16, make: records },
  { name: 'copy', share: 0.15, make: copy },
  { name: 'convert', share: 0.08, make: convert },
  { name: 'advice', share: 0.14, make: advice },
  { name: 'facts', share: 0.06, make: facts },
  { name: 'talk', share: 0.03, make: talk },
  { name: 'stories', share: 0.08, make: stories },
  { name: 'chinese', share: 0.02, make: chinese },
];
