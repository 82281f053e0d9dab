import { findLeaks } from '../similar/leaks.ts';
import { warns, type SetCheck } from './check.ts';

export const heldOutLeak: SetCheck = {
  code: 'held_out_leak',
  ...warns,
  message: 'A row to train on contains a question or an answer of the test, of 13 words or more',
  fix: 'Leave one of the two out where the test should ask for something new',
  judge: findLeaks,
};
