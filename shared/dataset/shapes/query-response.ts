/** ms-swift's `query`, `response`, `history`; with `history` also under the other names of a question and an answer. */
import { candidates } from '../columns.ts';
import { isAbsent, type Fields } from '../place.ts';
import { promptCompletion } from './prompt-completion.ts';
import type { ShapeReader } from './shape.ts';

const isQuery = (value: Fields): boolean =>
  candidates(value, 'prompt').some((key) => key.trim().toLowerCase() === 'query');

export const queryResponse: ShapeReader = {
  name: 'query-response',
  keys: promptCompletion.keys,
  needs: '`query` and `response`, with `system` and `history` where they serve',
  match: (value) =>
    promptCompletion.match(value) > 0 && (isQuery(value) || !isAbsent(value['history'])) ? 1.5 : 0,
  toRow: promptCompletion.toRow,
};
