/** What checks ask about the tokens of a row. */
import type { ResolvedObjective } from '../contracts/objective.ts';
import type { Row } from '../contracts/row.ts';
import type { TokenView } from '../dataset/checks/token-checks.ts';
import { viewOf } from '../dataset/checks/view.ts';
import { AppError } from '../errors.ts';
import { encodeExamples, type Example } from './examples.ts';
import type { Tokenizer } from './tokenizer.ts';

type Options = { readonly objective: ResolvedObjective['type']; readonly maxLength: number };

const trainedWithin = ({ weights }: Example, length: number): number =>
  weights.subarray(0, length).reduce((n, weight) => n + (weight > 0 ? 1 : 0), 0);

const spelled = (row: Row, { specials }: Tokenizer): readonly string[] => {
  const { texts } = viewOf(row);
  return specials.filter((special) => special !== '' && texts.some(({ text }) => text.includes(special)));
};

/** Of a pair, the side of which nothing is left to learn, or else the longer one. */
export const tokenView = (tokenizer: Tokenizer, row: Row, { objective, maxLength }: Options): TokenView => {
  const specials = spelled(row, tokenizer);
  const none = { whole: 0, prompt: 0, trained: 0, maxLength, specials };
  try {
    const whole = { objective, compared: true, maxLength: Number.MAX_SAFE_INTEGER };
    const { rows } = encodeExamples(tokenizer, row, whole);
    const sides = rows.map((side) => ({
      whole: side.ids.length,
      prompt: Math.max(
        0,
        side.weights.findIndex((weight) => weight > 0),
      ),
      trained: trainedWithin(side, maxLength),
    }));
    const worst = sides.reduce<(typeof sides)[number] | null>(
      (least, side) =>
        least && (least.trained === 0 || (side.trained > 0 && side.whole <= least.whole)) ? least : side,
      null,
    );
    return { ...none, refused: null, ...worst };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...none, refused: error.message };
  }
};
