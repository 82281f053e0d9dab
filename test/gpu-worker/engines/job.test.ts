import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runJob } from '../../../gpu-worker/engines/job.ts';
import { Recipe } from '../../../shared/contracts/recipe.ts';
import { resolveRecipe } from '../../../shared/plan/recipe.ts';
import { rows } from '../../helpers/jobs.ts';

test('a schema that is none is refused before the base is opened, not after the training', async () => {
  const recipe = Recipe.parse({ evaluation: { schema: { type: 'no such type' } } });
  const plan = {
    version: 1,
    job: 'ftjob-0',
    seed: 1,
    recipe: resolveRecipe(recipe, { rows, shape: 'chat' }).resolved,
    base: { id: 'none', path: '/there/is/none' },
    train: 'train',
    held_out: 'held_out',
    held_out_rows: 'rows',
    cut_rows: 0,
    empty_rows: 0,
    resume_from: null,
    deadline_ms: null,
    out: join(mkdtempSync(join(tmpdir(), 'engine-')), 'out'),
    threads: 1,
  } as const;
  await expect(runJob(plan, { emit: () => {}, stopAsked: () => null })).rejects.toMatchObject({
    code: 'invalid_recipe',
  });
});
