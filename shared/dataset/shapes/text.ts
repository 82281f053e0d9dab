/** Plain text, learned from its first token to its last. */
import { reader, type ShapeReader } from './shape.ts';

export const text: ShapeReader = {
  name: 'text',
  keys: ['text'],
  needs: '`text`',
  match: (value) => (Object.hasOwn(value, 'text') ? 0.5 : 0),
  toRow(value) {
    const r = reader();
    const content = r.text(value['text'], '/text');
    return {
      row: r.defects.length === 0 ? { kind: 'text', text: content } : null,
      defects: r.defects,
      pointer: () => '/text',
    };
  },
};
