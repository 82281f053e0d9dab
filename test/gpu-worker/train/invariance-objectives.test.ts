/** Pairs and labelled answers learn the same however they are laid: their likelihoods, the reference's, and KTO's estimate
 *  of how far the policy has moved. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PLAIN } from '../../../gpu-worker/train/batch.ts';
import { openLessons, scoreRows } from '../../../gpu-worker/train/lessons.ts';
import { objectiveOf } from '../../../gpu-worker/train/objectives/index.ts';
import { openTrainer } from '../../../gpu-worker/train/trainer.ts';
import type { ResolvedObjective } from '../../../shared/contracts/objective.ts';
import { apart, learn, openShaken, openTiny, rowsOf, type Tiny } from '../../helpers/invariance.ts';
import { methodOf } from '../../helpers/method.ts';

const OBJECTIVES: readonly ResolvedObjective[] = [
  { type: 'dpo', beta: 0.1, loss_type: 'sigmoid', label_smoothing: 0.1 },
  { type: 'dpo', beta: 0.1, loss_type: 'ipo', label_smoothing: 0 },
  { type: 'orpo', beta: 0.1 },
  { type: 'kto', beta: 0.1, desirable_weight: 1, undesirable_weight: 1.5 },
  { type: 'simpo', beta: 2, gamma: 0.5 },
];
const METHODS = [
  methodOf({ type: 'lora', r: 4, lora_alpha: 8 }),
  methodOf({ type: 'prompt', num_virtual_tokens: 4 }),
  methodOf({ type: 'prefix', num_virtual_tokens: 4 }),
];
const rows = rowsOf([9, 17, 12, 21, 7, 14, 25, 8]).map(({ row }) => row);
const ALONE = { packing: false, tokens_per_pass: 512 };
const LAYOUTS = {
  packed: { packing: true, tokens_per_pass: 512 },
  'packed, a row a pass': { packing: true, tokens_per_pass: 64 },
  'alone, a row or a pair a pass': { packing: false, tokens_per_pass: 32 },
};

/** Loss and gradient of one step that learns from every row. */
const stepOf = async (
  tiny: Tiny,
  asked: ResolvedObjective,
  method: (typeof METHODS)[number],
  layout: { readonly packing: boolean; readonly tokens_per_pass: number },
) => {
  const objective = objectiveOf(asked);
  const pupil = openShaken(tiny, method, { objective });
  const { nll } = openTrainer({ ...tiny, seams: {} });
  const placed = rows.map((row, index) => ({ row, index }));
  const sums = await scoreRows(nll, placed, { most: layout.tokens_per_pass });
  const lessons = openLessons({
    rows,
    settings: { batch_size: rows.length / objective.unit, n_epochs: 1, seed: 2, ...layout },
    objective,
    lay: pupil.lay,
    policy: pupil.trainer.nll,
    reference: { nll, lay: PLAIN, logps: Float64Array.from(rows, (_, i) => sums.get(i)!) },
  });
  const { passes, context } = await lessons.at(0);
  return { ...(await learn(pupil, passes, context)), kl: context.kl ?? 0, passes };
};

describe.each(['methods/_base/llama', 'arch/mistral'])('on %s', (folder) => {
  let tiny: Tiny;
  beforeAll(async () => {
    tiny = await openTiny(folder);
  });
  afterAll(() => tiny.sessions.release());

  test.each(OBJECTIVES)('$type with $beta learns the same packed and alone', async (objective) => {
    const moved: number[] = [];
    for (const method of METHODS) {
      const alone = await stepOf(tiny, objective, method, ALONE);
      for (const [how, layout] of Object.entries(LAYOUTS)) {
        const other = await stepOf(tiny, objective, method, layout);
        expect(
          other.passes.some(({ shape }) => shape.packed),
          how,
        ).toBe(layout.packing || objective.type !== 'kto');
        expect(Math.abs(other.kl - alone.kl), `${method.type} ${how}`).toBeLessThan(1e-4);
        expect(apart(alone, other), `${method.type} ${how}`).toBeLessThan(2e-5);
      }
      moved.push(alone.kl);
    }
    expect(Math.max(...moved) > 0, 'some method has moved').toBe(objective.type === 'kto');
  });
});
