import { excerptOf } from '../place.ts';
import { warns, type RowCheck } from './check.ts';
import { findCalls } from './tool-calls.ts';
import { toolsOf } from './tool-schemas.ts';
import { HAS } from './view.ts';

export const unknownTool: RowCheck = {
  code: 'unknown_tool',
  needs: HAS.tools,
  ...warns,
  message: 'A tool is called that the row does not declare among its tools',
  fix: 'Declare it under tools, or mend the name',
  find(view) {
    const names = toolsOf(view).map(({ name }) => name);
    return names.length === 0
      ? []
      : findCalls(view, ({ message, call, name }) =>
          names.includes(name)
            ? []
            : [
                {
                  message,
                  below: `/tool_calls/${call}/function/name`,
                  excerpt: `${excerptOf(name)} among ${names.slice(0, 6).join(', ')}`,
                },
              ],
        );
  },
};
