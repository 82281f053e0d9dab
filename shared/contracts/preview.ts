/** What `preview --json` prints: rows as the tokens that training reads, and how long all rows are. */
import { z } from 'zod';
import { ResolvedObjective } from './objective.ts';
import { Fate, Row } from './row.ts';

/** What a token comes from: a message's own words, the list of tools, or what the chat template writes around them. */
export const Origin = z.discriminatedUnion('what', [
  z.strictObject({
    what: z.enum(['content', 'reasoning', 'call']),
    /** from 0, of the row's messages; of a pair the prompt's, then the answer's own */
    message: z.int().min(0),
    role: z.string(),
  }),
  z.strictObject({ what: z.enum(['tools', 'template', 'text']) }),
]);
export type Origin = z.infer<typeof Origin>;

/** `learnt`, or why not: `context` comes before an answer; `first` has nothing before it that could predict it; `weight`
 *  is an answer of weight 0; `history` is an earlier answer that the template writes otherwise once it is history; `cut`
 *  is beyond max_length. */
export const Why = z.enum(['learnt', 'context', 'first', 'weight', 'history', 'cut']);
export type Why = z.infer<typeof Why>;

export const PreviewToken = z.strictObject({
  id: z.int(),
  /** texts of all tokens end to end are the row; empty where the token is only the beginning of a character */
  text: z.string(),
  /** share of its loss; of a token that is cut, what it would have been */
  weight: z.number(),
  why: Why,
  from: Origin,
});
export type PreviewToken = z.infer<typeof PreviewToken>;

export const PreviewSide = z.strictObject({
  /** of a pair */
  name: z.enum(['chosen', 'rejected']).nullable(),
  /** whether its answer was found good, null where nobody was asked */
  desirable: z.boolean().nullable(),
  /** tokens before anything is cut */
  length: z.int(),
  cut: z.int(),
  learnt: z.int(),
  /** tokens that would be learnt and are cut */
  lost: z.int(),
  tokens: z.array(PreviewToken),
});
export type PreviewSide = z.infer<typeof PreviewSide>;

/** An input row on its way to the tokenizer; `number` counts from 1. */
export const PreviewInput = z.strictObject({
  number: z.int().min(1),
  file: z.string(),
  line: z.int().min(1),
  fate: Fate,
  reason: z.string().nullable(),
  row: Row,
});
export type PreviewInput = z.infer<typeof PreviewInput>;

export const PreviewRow = PreviewInput.omit({ row: true }).extend({
  /** false where a side has nothing left to learn: training leaves such a row out */
  used: z.boolean(),
  sides: z.array(PreviewSide).min(1),
});
export type PreviewRow = z.infer<typeof PreviewRow>;

export const PreviewLengths = z.strictObject({
  /** rows to train on and held out; of a pair the longer side counts */
  rows: z.int(),
  median: z.number(),
  max: z.int(),
  total: z.int(),
  learnt: z.int(),
  /** bins[i] counts rows of i·step + 1 to (i + 1)·step tokens; the last one all longer rows as well */
  step: z.int().min(1),
  bins: z.array(z.int()),
  /** rows that are longer than max_length, and rows that have nothing (left) to learn */
  cut: z.int(),
  empty: z.int(),
  /** tokens to learn that are lost */
  lost: z.int(),
  /** smallest max_length that reads this share of the rows whole */
  whole: z.array(z.strictObject({ share: z.number(), max_length: z.int() })),
});
export type PreviewLengths = z.infer<typeof PreviewLengths>;

export const Preview = z.strictObject({
  version: z.literal(1),
  base: z.string(),
  objective: z.enum(ResolvedObjective.options.map(({ shape }) => shape.type.value)),
  max_length: z.int(),
  rows: z.array(PreviewRow),
  /** null where one row was asked for */
  lengths: PreviewLengths.nullable(),
});
export type Preview = z.infer<typeof Preview>;
