/** Jobs that continue an adapter, on a base of 260K values. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../gpu-worker/engines/contract.ts';
import { rowLosses } from '../../../gpu-worker/evaluate/arm.ts';
import { openModel } from '../../../gpu-worker/runtime/open.ts';
import { loadAdapter, NO_ADAPTER } from '../../../gpu-worker/runtime/read-tuned.ts';
import { take } from '../../../gpu-worker/runtime/tensors.ts';
import { layOf } from '../../../gpu-worker/train/batch.ts';
import { openTrainer } from '../../../gpu-worker/train/trainer.ts';
import { readAdapter } from '../../../gpu-worker/weights/peft.ts';
import { openSafetensors } from '../../../gpu-worker/weights/safetensors.ts';
import type { RecipeInput } from '../../../shared/contracts/recipe.ts';
import type { Row } from '../../../shared/contracts/row.ts';
import { splitRows } from '../../../shared/text/shards.ts';
import { planOf, runPlan } from '../../helpers/engine-job.ts';
import { tempFolder } from '../../helpers/engine-store.ts';
import { chat, say } from '../../helpers/rows-of-text.ts';

type Method = NonNullable<RecipeInput['method']>;
const ROWS = 6;
const songs = (word: string): Row[] =>
  Array.from({ length: ROWS }, (_, i) =>
    chat(say('user', `sing ${i}`), say('assistant', `${word} ${i * 7}`)),
  );
const data = { train: songs('la'), held_out: songs('lo').slice(0, 2) };
/** one step takes all rows, so that its loss is that of the whole file */
const training = { batch_size: ROWS, n_epochs: 4, learning_rate: 1e-2, save_steps: 1, warmup_ratio: 0 };
const job = (method: Method, more: RecipeInput = {}) => planOf(data, { method, training, ...more });

const run = async (method: Method) => runPlan(await job(method));
const first = async (method: Method): Promise<string> => (await run(method)).adapter;

/** Mean nll over the trained tokens of the plan's rows, nats, of the base with an adapter, or of the base. */
const lossOf = async (plan: Plan, adapter: string | null): Promise<number> => {
  const shard = openSafetensors(plan.train);
  const rows = splitRows({
    input_ids: shard.read('input_ids') as Int32Array,
    weights: shard.read('weights') as Float32Array,
    offsets: shard.read('offsets') as BigInt64Array,
    lines: shard.read('lines') as Int32Array,
  });
  shard.close();
  const open = await openModel(plan.base.path, 1);
  const { seams, tensors } = adapter ? loadAdapter(adapter, open.model) : NO_ADAPTER;
  const trainer = openTrainer({ ...open, seams });
  take(trainer.parameters, tensors);
  const losses = await rowLosses(trainer.nll, rows, { lay: layOf(seams) });
  await open.close();
  const counts = rows.map(({ weights }) => weights.reduce((sum, w) => sum + w, 0));
  const sum = counts.reduce((total, n, i) => total + n * losses[i]!, 0);
  return sum / counts.reduce((total, n) => total + n, 0);
};

const METHODS: Readonly<Record<string, Method>> = {
  lora: { type: 'lora', r: 3, target_modules: ['q_proj', 'down_proj'], rank_pattern: { down_proj: 2 } },
  'dora with a head of its own': { type: 'lora', r: 2, use_dora: true, modules_to_save: ['lm_head'] },
  oft: { type: 'oft', oft_block_size: 8 },
  ia3: { type: 'ia3' },
  prefix: { type: 'prefix', num_virtual_tokens: 3 },
  prompt: { type: 'prompt', num_virtual_tokens: 3 },
  bottleneck: { type: 'bottleneck', bottleneck_size: 4, target_modules: ['self_attn', 'mlp'] },
  vera: { type: 'vera', r: 8, projection_prng_key: 5 },
};

describe('an adapter that is continued', { timeout: 120_000 }, () => {
  test.each(Object.entries(METHODS))(
    '%s: the first step has its loss, and it need not be described again',
    async (_, method) => {
      const adapter = await first(method);
      // sizes have to be numbers here; those of the adapter are taken over by whoever resolves the recipe
      const sizes = Object.fromEntries(
        Object.entries(method).filter(([key, value]) => key === 'type' || typeof value === 'number'),
      );
      const alpha = method.type === 'lora' ? { lora_alpha: 2 * (method.r as number) } : {};
      const plan = await job({ ...sizes, ...alpha, init_from: adapter } as Method);
      const { lines, result, adapter: next } = await runPlan(plan);
      const [before, own] = [await lossOf(plan, null), await lossOf(plan, adapter)];
      expect(Math.abs(own - before)).toBeGreaterThan(1e-4);
      expect(lines[0]!.loss).toBeCloseTo(own, 5);
      expect(await lossOf(plan, next)).toBeLessThan(own);
      expect(result!.figures['continued_from']).toBe(adapter);
      const { config } = readAdapter(next);
      expect(config['init_from']).toBe(adapter);
      expect(config['target_modules']).toEqual(readAdapter(adapter).config['target_modules']);
    },
  );

  test('lineage has the name that the plan gives it', async () => {
    const init_from = await first(METHODS['lora']!);
    const plan = await job({ type: 'lora', r: 3, lora_alpha: 6, init_from });
    const { adapter, result } = await runPlan({ ...plan, continues: 'ft:tiny:acme:songs:1234' });
    expect(readAdapter(adapter).config['init_from']).toBe('ft:tiny:acme:songs:1234');
    expect(result!.figures['continued_from']).toBe('ft:tiny:acme:songs:1234');
    expect(readFileSync(join(plan.out, 'report.html'), 'utf8')).toContain('ft:tiny:acme:songs:1234');
  });

  test('of another method, shape or place is refused, with what, where and how to mend', async () => {
    const init_from = await first(METHODS['lora']!);
    await expect(run({ type: 'ia3', init_from })).rejects.toThrow(
      `${init_from} holds an adapter of the method lora, the recipe's is ia3`,
    );
    await expect(run({ type: 'lora', r: 4, lora_alpha: 6, init_from })).rejects.toThrow(
      `the adapter in ${init_from} has r 3, the recipe 4: leave them out`,
    );
    const nowhere = join(init_from, 'nowhere');
    await expect(run({ type: 'lora', init_from: nowhere })).rejects.toThrow(`no folder ${nowhere}`);
    const cut = tempFolder();
    cpSync(init_from, cut, { recursive: true });
    const config = JSON.parse(readFileSync(join(cut, 'adapter_config.json'), 'utf8')) as object;
    writeFileSync(
      join(cut, 'adapter_config.json'),
      JSON.stringify({ ...config, target_modules: ['q_proj', 'k_proj'] }),
    );
    await expect(run({ type: 'lora', r: 3, lora_alpha: 6, init_from: cut })).rejects.toThrow(
      /method\.init_from: .*k_proj\.lora_A\.weight is missing/,
    );
  });

  test('is left behind by a checkpoint: a run that was stopped ends as if it had not been', async () => {
    const init_from = await first(METHODS['lora']!);
    const method: Method = { type: 'lora', r: 3, lora_alpha: 6, init_from };
    const whole = await run(method);
    const plan = await job(method);
    const { code } = await runPlan(plan, { stopAfter: 2 });
    expect(code).toBe(75);
    const resume_from = join(plan.out, 'checkpoint', '2');
    expect(existsSync(resume_from)).toBe(true);
    const { lines, adapter } = await runPlan({ ...plan, resume_from });
    expect(lines.map(({ step }) => step)).toEqual([3, 4]);
    expect(readFileSync(join(adapter, 'adapter_model.safetensors'))).toEqual(
      readFileSync(join(whole.adapter, 'adapter_model.safetensors')),
    );
  });

  test.each(['lora', 'prompt'])('%s: preferences are measured against it, not the base', async (name) => {
    const method = METHODS[name]!;
    const init_from = await first(method);
    const pairs = data.train.map((_, i): Row => ({
      kind: 'preference',
      messages: [say('user', `sing ${i}`)],
      chosen: [say('assistant', `la ${i}`)],
      rejected: [say('assistant', `no ${i}`)],
    }));
    const sizes = method.type === 'lora' ? { r: 3, lora_alpha: 6 } : { num_virtual_tokens: 3 };
    const plan = await planOf(
      { train: pairs, held_out: pairs.slice(0, 2) },
      { method: { type: method.type, ...sizes, init_from } as Method, objective: { type: 'dpo' }, training },
    );
    const { lines } = await runPlan(plan);
    expect(lines[0]!.loss).toBeCloseTo(Math.log(2), 5); // policy and reference are one before the first step
    expect(lines.at(-1)!.loss).toBeLessThan(Math.log(2));
  });
});
