/** What a method's process of `bench -- methods` is asked, and what it prints as one JSON line. */
import type { z } from 'zod';
import type { Method } from '../../shared/contracts/method.ts';
import type { Row } from '../../shared/contracts/row.ts';

export type MethodAsk = {
  readonly base: { readonly id: string; readonly path: string };
  /** null: the base alone is measured */
  readonly method: z.input<typeof Method> | null;
  readonly train: readonly Row[];
  readonly held_out: readonly Row[];
  /** JSON Schema of the answers, where the task has one */
  readonly schema: Record<string, unknown> | null;
  /** texts that the task does not touch */
  readonly general: readonly string[];
  readonly steps: number;
  readonly batch_size: number;
  /** held-out rows that are answered, and the most tokens of an answer */
  readonly answers: number;
  readonly max_new_tokens: number;
  readonly threads: number;
  /** folder for what it writes */
  readonly out: string;
};

export type Trained = {
  readonly trained: number;
  readonly share: number;
  readonly file_mb: number;
  readonly peak_rss_mb: number;
  readonly ms_per_step: number;
  readonly learning_rate: number;
};

/** Milliseconds between two generated tokens, of the quickest tenth: the method's, and the base's in the same turns. */
export type Pace = { readonly own: number; readonly base: number };

export type Measured = {
  readonly context_tokens: number;
  /** nats a token, mean over rows */
  readonly loss: number;
  readonly general: { readonly own: number; readonly base: number };
  /** mean of each metric over the answered rows */
  readonly metrics: Readonly<Record<string, number>>;
  readonly pace: Pace;
};

/** LoRA's product added to the weights: the base's own graphs run it. */
export type Merged = { readonly pace: Pace; readonly loss: number; readonly new_graphs: number };

export type MethodResult = Measured & {
  readonly training: Trained | null;
  readonly merged: Merged | null;
};
