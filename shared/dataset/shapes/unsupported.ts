/** Shapes that are known and mean something else than "learn this answer": reading them as such would teach what
 *  their authors marked as bad. */
import { isFields, type Fields } from '../place.ts';

type Unsupported = { readonly name: string; match(value: Fields): boolean };

export const UNSUPPORTED: readonly Unsupported[] = [
  { name: 'vertex', match: (value) => Array.isArray(value['contents']) },
  { name: 'bedrock', match: (value) => typeof value['schemaVersion'] === 'string' },
  {
    name: 'sharegpt-pairs',
    match: ({ conversation: list }) =>
      Array.isArray(list) && list.some((pair) => isFields(pair) && 'human' in pair),
  },
];
