import { warns, type RowCheck } from './check.ts';
import { findMisfits } from './tool-calls.ts';
import { HAS } from './view.ts';

export const missingArgument: RowCheck = {
  code: 'missing_argument',
  needs: HAS.tools,
  ...warns,
  message: 'A call leaves out an argument that the tool requires',
  fix: 'Add the argument, or take it out of required',
  find: findMisfits('missing'),
};
