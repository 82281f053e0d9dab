import { excerptOf } from '../place.ts';
import { warns, type RowCheck } from './check.ts';
import { toolsOf } from './tool-schemas.ts';
import { HAS } from './view.ts';

export const duplicateToolName: RowCheck = {
  code: 'duplicate_tool_name',
  needs: HAS.tools,
  ...warns,
  message: 'Two tools of a row have the same name: nobody knows which one is called',
  fix: 'Give each its own name, or remove the copy',
  find(view) {
    const names = toolsOf(view).map(({ name }) => name);
    const twice = names.filter((name, i) => name !== null && names.indexOf(name) !== i);
    return [...new Set(twice)].map((name) => ({ message: 0, below: '', excerpt: excerptOf(name) }));
  },
};
