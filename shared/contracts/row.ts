/** One canonical row: what every dataset shape becomes, and all that training and evaluation read. */
import { z } from 'zod';

const ToolCall = z.looseObject({
  id: z.string().optional(),
  type: z.literal('function').default('function'),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

export const Message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().nullable(),
  name: z.string().optional(),
  reasoning_content: z.string().optional(),
  tool_calls: z.array(ToolCall).optional(),
  tool_call_id: z.string().optional(),
  /** share of the loss of an assistant message; absent = 1 */
  weight: z.number().min(0).max(1).optional(),
});
export type Message = z.infer<typeof Message>;

const dialogue = {
  messages: z.array(Message).min(1),
  tools: z.array(z.record(z.string(), z.unknown())).optional(),
} as const;

export const Row = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('chat'), ...dialogue }),
  z.strictObject({ kind: z.literal('text'), text: z.string() }),
  /** two answers to one prompt, `messages`, which ends with user or tool */
  z.strictObject({
    kind: z.literal('preference'),
    ...dialogue,
    chosen: z.array(Message).min(1),
    rejected: z.array(Message).min(1),
  }),
  /** `messages` ends with an answer that somebody found good (`label` true) or bad */
  z.strictObject({ kind: z.literal('kto'), ...dialogue, label: z.boolean() }),
]);
export type Row = z.infer<typeof Row>;
export type RowKind = Row['kind'];

export const Fate = z.enum(['train', 'held_out', 'dropped', 'duplicate', 'quarantined']);
export type Fate = z.infer<typeof Fate>;

/** Whether a row with this fate is trained on or measured. */
export const isUsed = (fate: Fate | null): fate is 'train' | 'held_out' =>
  fate === 'train' || fate === 'held_out';

/** One line of `rows.jsonl.gz`: an input row and what became of it. `row` is null where nothing could be made of it. */
export const AccountedRow = z
  .strictObject({
    file: z.string(),
    /** 1-based line of the input where the row begins (for a JSON array or CSV as well) */
    line: z.int().min(1),
    fate: Fate,
    /** code of the check that decided, null for train and held_out */
    reason: z.string().nullable(),
    row: Row.nullable(),
  })
  .refine(({ fate, row }) => row !== null || !isUsed(fate), {
    path: ['row'],
    error: 'A row that is used is missing',
  });
export type AccountedRow = z.infer<typeof AccountedRow>;
