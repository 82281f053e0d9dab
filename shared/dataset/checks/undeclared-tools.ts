import { excerptOf } from '../place.ts';
import { remarks, type Finding, type RowCheck } from './check.ts';
import { findCalls, type Called } from './tool-calls.ts';
import { toolsOf } from './tool-schemas.ts';
import { HAS } from './view.ts';

const first = ({ message, call, name }: Called): readonly Finding[] => [
  { message, below: `/tool_calls/${call}/function/name`, excerpt: excerptOf(name) },
];

export const undeclaredTools: RowCheck = {
  code: 'undeclared_tools',
  needs: HAS.tools,
  ...remarks,
  message: 'A conversation calls tools and declares none: the model would call what it has not been told of',
  fix: 'Give their schemas under tools',
  find: (view) => (toolsOf(view).length > 0 ? [] : findCalls(view, first).slice(0, 1)),
};
