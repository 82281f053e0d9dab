/** Alpaca, with LLaMA-Factory's system and history; Dolly writes context and response. */
import type { Fields } from '../place.ts';
import { ofTurns, opening, reader, turn, type Reader, type ShapeReader, type Turn } from './shape.ts';

const has = (value: Fields, key: string): boolean => Object.hasOwn(value, key);
const inputKey = (value: Fields): string =>
  has(value, 'context') && !has(value, 'input') ? 'context' : 'input';
const outputKey = (value: Fields): string =>
  has(value, 'response') && !has(value, 'output') ? 'response' : 'output';

/** System, history, and the instruction with its input as the question. */
export const instructed = (r: Reader, value: Fields): readonly Turn[] => {
  const inKey = inputKey(value);
  const instruction = r.text(value['instruction'], '/instruction');
  const input = r.optionalText(value[inKey], `/${inKey}`);
  const origin = instruction.trim() === '' && input !== '' ? `/${inKey}` : '/instruction';
  const question = [instruction, input].filter((part) => part !== '').join('\n');
  return [...opening(r, value), turn('user', question, origin)];
};

export const alpaca: ShapeReader = {
  name: 'alpaca',
  keys: ['instruction', 'input', 'output', 'system', 'history', 'context', 'response'],
  needs: '`instruction` and `output`, with `input`, `system` and `history` where they serve',
  match(value) {
    if (!has(value, 'instruction')) return 0;
    if (has(value, 'output')) return 2;
    return has(value, 'response') && (has(value, 'input') || has(value, 'context')) ? 2 : 0;
  },
  toRow(value) {
    const r = reader();
    const outKey = outputKey(value);
    const asked = instructed(r, value);
    return ofTurns(r, [...asked, turn('assistant', r.text(value[outKey], `/${outKey}`), `/${outKey}`)]);
  },
};
