/** Plain text, learned from its first token to its last: `text`, or the only key of a row where that is a usual name for
 *  it. ms-swift writes `response` alone. */
import { isAbsent, step, type Fields } from '../place.ts';
import { reader, type ShapeReader } from './shape.ts';

const ALONE = ['content', 'document', 'passage', 'article', 'body', 'response'];

const keyOf = (value: Fields): string | null => {
  if (Object.hasOwn(value, 'text')) return 'text';
  const [key, ...more] = Object.keys(value).filter((name) => !isAbsent(value[name]));
  const usual = key !== undefined && more.length === 0 && ALONE.includes(key.trim().toLowerCase());
  return usual && Object.keys(value).length === 1 ? key : null;
};

export const text: ShapeReader = {
  name: 'text',
  keys: ['text'],
  alsoReads: ALONE,
  needs: '`text`',
  match: (value) => (keyOf(value) === null ? 0 : 0.5),
  toRow(value) {
    const r = reader();
    const at = step(keyOf(value) ?? 'text');
    const content = r.text(value[keyOf(value) ?? 'text'], at);
    return {
      row: r.defects.length === 0 ? { kind: 'text', text: content } : null,
      defects: r.defects,
      pointer: () => at,
    };
  },
};
