/** A prompt and its completion, under any of the names that tables have. */
import { ALIASES, candidates, type Side } from '../columns.ts';
import { clip, step, type Fields } from '../place.ts';
import { ofTurns, opening, reader, turn, type Reader, type ShapeReader } from './shape.ts';

const keyOf = (r: Reader, value: Fields, side: Side): string => {
  const [key, ...more] = candidates(value, side);
  if (key === undefined)
    r.report('missing_column', step(side), clip(`found ${Object.keys(value).join(', ')}`));
  else if (more.length > 0) r.report('ambiguous_columns', step(key), clip([key, ...more].join(', ')));
  return key ?? side;
};

export const promptCompletion: ShapeReader = {
  name: 'prompt-completion',
  keys: [...ALIASES.prompt, ...ALIASES.completion, 'system', 'history'],
  needs: '`prompt` and `completion` (or question and answer, query and response, input and output)',
  match: (value) =>
    candidates(value, 'prompt').length > 0 && candidates(value, 'completion').length > 0 ? 1 : 0,
  toRow(value) {
    const r = reader();
    const [asked, answered] = [keyOf(r, value, 'prompt'), keyOf(r, value, 'completion')];
    if (r.defects.length > 0) return { row: null, defects: r.defects, pointer: () => '' };
    return ofTurns(r, [
      ...opening(r, value),
      turn('user', r.text(value[asked], step(asked)), step(asked)),
      turn('assistant', r.text(value[answered], step(answered)), step(answered)),
    ]);
  },
};
