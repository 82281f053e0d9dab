/** From what the arms did to predictions and the report. Pure. */
import type { Prediction, RunReport } from '../../shared/contracts/report.ts';
import type { ResolvedRecipe } from '../../shared/contracts/recipe.ts';
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import type { ArmOutcome } from './arm.ts';
import type { ArmRun } from './diagnosis.ts';
import type { HeldOutRow } from './held-out.ts';
import { measuresOf, scoresOf } from './metrics/index.ts';
import type { SchemaCheck } from './metrics/schema.ts';
import { buildReport } from './report.ts';

export type Arms = Readonly<Partial<Record<ArmRun['name'], ArmOutcome>>>;

export const predictionsOf = (
  rows: readonly HeldOutRow[],
  arms: Arms,
  schema: SchemaCheck | null,
): Prediction[] => {
  const answered = rows.filter(
    ({ row }, i) => row.kind !== 'text' && Object.values(arms).some((arm) => arm.rows[i]!.answer !== null),
  );
  const pairs = rows.filter(({ rejected }) => rejected !== null).length;
  const facts = { references: answered.map((r) => r.reference), schema, pairs };
  return rows.map(({ line, row, prompt, reference }, i) => ({
    line,
    prompt,
    reference,
    arms: Object.fromEntries(
      Object.entries(arms).map(([name, arm]) => {
        const { answer, loss, rejected = null } = arm.rows[i]!;
        // any continuation of a text may be right: it is shown, not scored
        const scores =
          answer === null || row.kind === 'text' ? {} : scoresOf(facts, { answer, reference, schema });
        return [name, { answer, scores: { ...scores, ...measuresOf({ loss, rejected }) } }];
      }),
    ),
  }));
};

const runOf = (name: ArmRun['name'], { rows, seconds, tokens }: ArmOutcome): ArmRun => ({
  name,
  seconds,
  tokens,
  unfinished: rows.filter((r) => r.answer !== null && !r.stopped).length,
});

export const compare = (input: {
  readonly predictions: readonly Prediction[];
  readonly arms: Arms;
  readonly schema: SchemaCheck | null;
  readonly curve: readonly MetricsLine[];
  readonly figures: RunReport['figures'];
  readonly gates: ResolvedRecipe['gates'];
  readonly objective: ResolvedRecipe['objective']['type'] | null;
  readonly seed: number;
}): RunReport =>
  buildReport({
    ...input,
    runs: (['base', 'tuned'] as const).flatMap((name) =>
      input.arms[name] ? [runOf(name, input.arms[name])] : [],
    ),
  });
