import { excerptOf, isFields } from '../place.ts';
import { warns, type RowCheck } from './check.ts';
import { toolsOf, type Tool } from './tool-schemas.ts';
import { HAS } from './view.ts';

const fault = ({ name, parameters }: Tool): string | null => {
  if (name === null) return 'a tool without a name';
  if (parameters === undefined || parameters === null) return null; // a tool that takes none
  if (!isFields(parameters)) return `${name}: parameters are ${excerptOf(parameters)}`;
  const { properties, required } = parameters;
  if (properties !== undefined && !isFields(properties))
    return `${name}: properties are ${excerptOf(properties)}`;
  if (!Array.isArray(required)) return null;
  const missing = (required as unknown[]).find(
    (key) => typeof key !== 'string' || !isFields(properties) || !Object.hasOwn(properties, key),
  );
  return missing === undefined ? null : `${name}: ${excerptOf(missing)} is required and not declared`;
};

export const badToolSchema: RowCheck = {
  code: 'bad_tool_schema',
  needs: HAS.tools,
  ...warns,
  message: 'A tool has no name, or its parameters are no JSON Schema of an object',
  fix: 'Write {"name": …, "parameters": {"type": "object", "properties": {…}, "required": […]}}',
  find: (view) =>
    toolsOf(view).flatMap((tool) => {
      const excerpt = fault(tool);
      return excerpt === null ? [] : [{ message: 0, below: '', excerpt }];
    }),
};
