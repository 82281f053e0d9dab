import { warns, type RowCheck } from './check.ts';
import { findMisfits } from './tool-calls.ts';
import { HAS } from './view.ts';

export const unknownArgument: RowCheck = {
  code: 'unknown_argument',
  needs: HAS.tools,
  ...warns,
  message: 'A call gives an argument that the tool does not declare',
  fix: 'Declare it among the tool’s properties, or remove it',
  find: findMisfits('unknown'),
};
