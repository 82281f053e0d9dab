/** Jobs on a frozen base in bits, on a base of 260K values. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RecipeInput } from '../../../shared/contracts/recipe.ts';
import { RunReport } from '../../../shared/contracts/report.ts';
import type { Row } from '../../../shared/contracts/row.ts';
import { planOf, runPlan } from '../../helpers/engine-job.ts';
import { chat, say } from '../../helpers/rows-of-text.ts';

const songs = (word: string): Row[] =>
  Array.from({ length: 6 }, (_, i) => chat(say('user', `sing ${i}`), say('assistant', `${word} ${i * 7}`)));
const data = { train: songs('la'), held_out: songs('la').slice(0, 2) };
const training = { batch_size: 6, n_epochs: 3, learning_rate: 1e-2, save_steps: 1, warmup_ratio: 0 };

const run = async (method: NonNullable<RecipeInput['method']>) => {
  const plan = await planOf(data, { method, training });
  const { lines } = await runPlan(plan);
  const report = RunReport.parse(JSON.parse(readFileSync(join(plan.out, 'report.json'), 'utf8')));
  const page = readFileSync(join(plan.out, 'report.html'), 'utf8');
  return { losses: lines.map(({ loss }) => loss!), report, page };
};
const armOf = (report: RunReport, name: string) => report.arms.find((arm) => arm.name === name)?.metrics;

describe('a base in bits', { timeout: 120_000 }, () => {
  test('is trained on and told of; both arms are measured on the float32 base', async () => {
    const float = await run({ type: 'lora', r: 4 });
    const eight = await run({ type: 'lora', r: 4, bits: 8 });
    expect(eight.report.figures).toMatchObject({ bits: 8 });
    const share = Number(eight.report.figures['layer_weights']);
    expect(share).toBeGreaterThan(0.5);
    expect(share).toBeLessThan(0.56);
    expect(eight.report.figures['gradient_cosine']).toBeGreaterThan(0.99);
    expect(eight.report.figures['gradient_cosine']).toBeLessThan(1);
    expect(eight.page).toMatch(/gradient.cosine/i);
    expect(float.report.figures).not.toHaveProperty('gradient_cosine');

    expect(armOf(eight.report, 'base')).toEqual(armOf(float.report, 'base'));
    expect(armOf(eight.report, 'tuned')).not.toEqual(armOf(float.report, 'tuned'));
    expect(eight.losses).toHaveLength(float.losses.length);
    for (const [i, loss] of eight.losses.entries()) {
      expect(loss).not.toBe(float.losses[i]);
      expect(Math.abs(loss / float.losses[i]! - 1)).toBeLessThan(0.02);
    }
  });

  test('may have 4 of them', async () => {
    const four = await run({ type: 'ia3', bits: 4 });
    expect(four.report.figures).toMatchObject({ bits: 4 });
    expect(four.losses.at(-1)!).toBeLessThan(four.losses[0]!);
  });
});
