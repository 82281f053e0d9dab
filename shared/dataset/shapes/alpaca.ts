/** Alpaca, with LLaMA-Factory's system and history; Dolly writes context and response, Self-Instruct puts input and
 *  output into a list of one instance. */
import { candidates } from '../columns.ts';
import { isFields, step, type Fields } from '../place.ts';
import { ofTurns, opening, reader, turn, type Reader, type ShapeReader, type Turn } from './shape.ts';

const has = (value: Fields, key: string): boolean => Object.hasOwn(value, key);

/** A field and the pointer to what holds it. */
type Held = { readonly value: Fields; readonly at: string };

const instanceOf = ({ instances: list }: Fields): Held | null => {
  const [only, ...more] = Array.isArray(list) ? (list as readonly unknown[]) : [];
  return more.length === 0 && isFields(only) && has(only, 'output')
    ? { value: only, at: '/instances/0' }
    : null;
};

const outputKey = (value: Fields): string =>
  has(value, 'output') ? 'output' : (candidates(value, 'completion')[0] ?? 'output');

/** System, history, and the instruction with its input as the question. */
export const instructed = (r: Reader, value: Fields, held: Held = { value, at: '' }): readonly Turn[] => {
  const inKey = has(held.value, 'context') && !has(held.value, 'input') ? 'context' : 'input';
  const instruction = r.text(value['instruction'], '/instruction');
  const at = held.at + step(inKey);
  const input = r.optionalText(held.value[inKey], at);
  const origin = instruction.trim() === '' && input !== '' ? at : '/instruction';
  const question = [instruction, input].filter((part) => part !== '').join('\n');
  return [...opening(r, value), turn('user', question, origin)];
};

export const alpaca: ShapeReader = {
  name: 'alpaca',
  keys: ['instruction', 'input', 'output', 'system', 'history', 'context', 'response', 'instances'],
  alsoReads: ['answer', 'completion', 'target'],
  needs: '`instruction` and `output`, with `input`, `system` and `history` where they serve',
  match(value) {
    if (!has(value, 'instruction')) return 0;
    if (has(value, 'output') || instanceOf(value)) return 2;
    const answered = candidates(value, 'completion').length > 0;
    return answered && (has(value, 'input') || has(value, 'context')) ? 2 : 0;
  },
  toRow(value) {
    const r = reader();
    const held = instanceOf(value) ?? { value, at: '' };
    const key = outputKey(held.value);
    const asked = instructed(r, value, held);
    const at = held.at + step(key);
    return ofTurns(r, [...asked, turn('assistant', r.text(held.value[key], at), at)]);
  },
};
