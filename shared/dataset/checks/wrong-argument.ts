import { warns, type RowCheck } from './check.ts';
import { findMisfits } from './tool-calls.ts';
import { HAS } from './view.ts';

export const wrongArgument: RowCheck = {
  code: 'wrong_argument',
  needs: HAS.tools,
  ...warns,
  message: 'An argument of a call is not of the type, or not one of the values, that the tool declares',
  fix: 'Write the value as the schema wants it: "3" and 3 are different',
  find: findMisfits('type'),
};
