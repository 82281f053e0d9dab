import type { SchemaCheck } from './schema.ts';

/** One answer beside the reference of its row. */
export type Graded = {
  readonly answer: string;
  readonly reference: string;
  readonly schema: SchemaCheck | null;
};

/** What is known before any model answers; the choice of the deciding metric rests on this alone. */
export type Facts = {
  readonly references: readonly string[];
  readonly schema: SchemaCheck | null;
  /** rows with two answers, one preferred; none where the model learnt to imitate, not to tell them apart */
  readonly pairs: number;
};

/** From the forward pass: mean negative log-likelihood of the reference's tokens, and of the other answer of a pair's. */
export type Nll = { readonly loss: number; readonly rejected: number | null };

export type Metric = {
  readonly name: string;
  readonly better: 'higher' | 'lower';
  readonly unit: 'share' | 'nats';
  /** the definition in plain words, for readers of the report */
  readonly what: string;
  /** whether the metric says anything about rows like these */
  applies(facts: Facts): boolean;
  /** whether it may decide the verdict; of those that may, the first of `METRICS` does */
  leads(facts: Facts): boolean;
  /** null: this row does not count for this metric */
  score(at: Graded): number | null;
  /** the same, where the value comes from the forward pass instead of an answer */
  measure?(nll: Nll): number | null;
};
