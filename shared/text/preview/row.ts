/** A row as the tokens that training reads, each with its share of the loss and the reason. */
import type { Origin, PreviewInput, PreviewRow, PreviewSide, Why } from '../../contracts/preview.ts';
import type { ResolvedObjective } from '../../contracts/objective.ts';
import type { Row } from '../../contracts/row.ts';
import { messagesRead } from '../chat.ts';
import { cutSides, encodeSides, type Side } from '../examples.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { originsOf } from './origins.ts';
import { placesOf, spell } from './spelling.ts';

export type PreviewOptions = {
  readonly objective: ResolvedObjective['type'];
  readonly maxLength: number;
};

/** The objective `text` reads a dialogue to its end, the others up to its last learnt answer. */
const fromOf = (
  tokenizer: Tokenizer,
  { chat }: Side,
  texts: readonly string[],
  objective: PreviewOptions['objective'],
): ((i: number) => Origin) => {
  if (!chat) return () => ({ what: 'text' });
  const count = objective === 'text' ? chat.messages.length : messagesRead(chat);
  const origins = originsOf(tokenizer, chat, count);
  const places = placesOf(texts, origins.text);
  return (i) => origins.at(places[i]!);
};

const whyNot = (from: Origin, { chat }: Side, kind: Row['kind']): Why => {
  if (kind !== 'chat' || !('message' in from) || from.role !== 'assistant') return 'context';
  return chat?.messages[from.message]?.weight === 0 ? 'weight' : 'history';
};

const sideOf = (
  tokenizer: Tokenizer,
  side: Side,
  { kind, objective, maxLength }: PreviewOptions & Pick<Row, 'kind'>,
): PreviewSide => {
  const { ids, weights, name, desirable = null } = side;
  const texts = spell(tokenizer, ids);
  const from = fromOf(tokenizer, side, texts, objective);
  const tokens = Array.from(ids, (id, i) => {
    const weight = i === 0 ? 0 : Number(weights[i]!.toPrecision(6)); // as it was before it became a float
    const origin = from(i);
    const learning = weight > 0 ? 'learnt' : whyNot(origin, side, kind);
    const why: Why = i >= maxLength ? 'cut' : i === 0 ? 'first' : learning;
    return { id, text: texts[i]!, weight, why, from: origin };
  });
  return {
    name,
    desirable,
    length: ids.length,
    cut: Math.max(0, ids.length - maxLength),
    learnt: tokens.filter(({ why }) => why === 'learnt').length,
    lost: tokens.filter(({ why, weight }) => why === 'cut' && weight > 0).length,
    tokens,
  };
};

/** Held-out pairs have both sides, whatever is trained, as in `gpu-worker/supervisor/tokens.ts`. */
export const encodeInput = (
  tokenizer: Tokenizer,
  { row, fate }: PreviewInput,
  { objective }: Pick<PreviewOptions, 'objective'>,
): readonly Side[] => encodeSides(tokenizer, row, { objective, compared: fate === 'held_out' });

export const previewRow = (
  tokenizer: Tokenizer,
  { row, ...input }: PreviewInput,
  options: PreviewOptions,
): PreviewRow => {
  const sides = encodeInput(tokenizer, { row, ...input }, options);
  return {
    ...input,
    used: cutSides(sides, options.maxLength).rows.length > 0,
    sides: sides.map((side) => sideOf(tokenizer, side, { ...options, kind: row.kind })),
  };
};
