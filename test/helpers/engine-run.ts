/** A run that is ready for a worker: store, dataset, spec, and a base just large enough to tokenise with. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { runWorker } from '../../gpu-worker/run.ts';
import type { WorkerInput } from '../../gpu-worker/supervisor/attempt.ts';
import { stopSwitch } from '../../gpu-worker/supervisor/stop.ts';
import { writeSafetensors } from '../../gpu-worker/weights/safetensors.ts';
import type { AccountedRow } from '../../shared/contracts/row.ts';
import { Spec } from '../../shared/contracts/spec.ts';
import { newId } from '../../shared/ids.ts';
import { keys } from '../../shared/keys.ts';
import { objectUri } from '../../shared/storage/index.ts';
import { putJson, QUICK, tempFolder, tempStore } from './engine-store.ts';
import { methodOf } from './method.ts';

const WORDS = ['<unk>', '<end>', 'user', 'assistant', ':', 'what', 'is', 'one', 'two', 'three', 'four'];

/** Knows eleven words; an answer ends with `<end>`. */
export const tinyBase = (folder: string = tempFolder()): string => {
  mkdirSync(folder, { recursive: true });
  const put = (file: string, value: unknown) => writeFileSync(join(folder, file), JSON.stringify(value));
  const special = { special: true, single_word: false, lstrip: false, rstrip: false, normalized: false };
  put('config.json', { model_type: 'llama', architectures: ['LlamaForCausalLM'] });
  put('tokenizer.json', {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [{ id: 1, content: '<end>', ...special }],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordLevel', vocab: Object.fromEntries(WORDS.map((w, i) => [w, i])), unk_token: '<unk>' },
  });
  put('tokenizer_config.json', {
    tokenizer_class: 'PreTrainedTokenizerFast',
    eos_token: '<end>',
    chat_template:
      '{% for m in messages %}{{ m.role }} : {{ m.content }} <end> {% endfor %}{% if add_generation_prompt %}assistant : {% endif %}',
  });
  writeSafetensors(join(folder, 'model.safetensors'), {
    'model.embed_tokens.weight': { dtype: 'F32', shape: [11, 2], data: new Float32Array(22) },
  });
  return folder;
};

export const row = (
  line: number,
  question: string,
  answer: string,
  fate: AccountedRow['fate'] = 'train',
): AccountedRow => ({
  file: 'train.jsonl',
  line,
  fate,
  reason: null,
  row: {
    kind: 'chat',
    messages: [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
  },
});
export const ROWS = [
  row(1, 'what is one', 'two'),
  row(2, 'what is two', 'three four'),
  row(3, 'what is three', 'four', 'held_out'),
];

const RECIPE: Spec['recipe'] = {
  base: 'tiny',
  engine: 'onnx',
  method: methodOf({ type: 'lora', r: 1, lora_alpha: 1 }),
  objective: { type: 'sft' },
  training: {
    n_epochs: 1,
    batch_size: 1,
    learning_rate: 1e-3,
    warmup_ratio: 0,
    lr_scheduler_type: 'constant',
    weight_decay: 0,
    max_grad_norm: 1,
    max_length: 64,
    packing: false,
    seed: 1,
    eval_steps: 10,
    save_steps: 2,
    optim: 'adamw_torch',
    load_best_model_at_end: true,
    early_stopping: false,
  },
  evaluation: { enabled: true, schema: null, max_new_tokens: 4, samples: 1 },
  gates: {},
  budget: {},
  export: ['adapter'],
};

export const makeRun = async ({
  rows = ROWS,
  spec: changes = {},
}: { rows?: AccountedRow[]; spec?: Partial<Spec> } = {}) => {
  const storage = tempStore();
  const bytes = gzipSync(rows.map((r) => `${JSON.stringify(r)}\n`).join(''));
  await storage.write(keys.rows('ds_1'), bytes);
  const job = newId('ftjob-');
  const specFor = (attempt: number, more: Partial<Spec> = {}): Spec =>
    Spec.parse({
      version: 1,
      job,
      attempt,
      seed: 1,
      recipe: RECIPE,
      base: { id: tinyBase(), revision: null, sha256: null },
      dataset: {
        uri: objectUri(storage, keys.rows('ds_1')),
        sha256: createHash('sha256').update(bytes).digest('hex'),
      },
      resume_from: null,
      prefix: keys.run(job, attempt),
      limits: { max_minutes: null },
      trace: 'trace',
      ...changes,
      ...more,
    });
  const putSpec = (attempt: number, more?: Partial<Spec>) =>
    putJson(storage, keys.spec(job, attempt), specFor(attempt, more));
  await putSpec(1);
  return {
    storage,
    job,
    home: tempFolder(),
    prefix: (n = 1) => keys.run(job, n),
    specKey: (n = 1) => keys.spec(job, n),
    putSpec,
  };
};
export type TestRun = Awaited<ReturnType<typeof makeRun>>;

/** What the stand-in engine is told: see engine-fake.mjs. */
export type FakeEngine = {
  readonly steps?: number;
  readonly step_ms?: number;
  readonly die_at?: number;
  readonly how?: 'kill' | 'exit' | 'failed' | 'hang' | 'heap';
  readonly garbage?: boolean;
  readonly nan?: boolean;
  readonly trace?: string;
};
const FAKE = fileURLToPath(new URL('engine-fake.mjs', import.meta.url));

/** Starts a worker in this process whose engine is the stand-in. */
export const startWorker = (
  run: TestRun,
  { fake = {}, attempt = 1, ...more }: { fake?: FakeEngine; attempt?: number } & Partial<WorkerInput> = {},
) => {
  const stop = stopSwitch();
  const said: unknown[] = [];
  const outcome = runWorker({
    storage: run.storage,
    specKey: run.specKey(attempt),
    token: newId('evt_'),
    machine: 'here',
    home: run.home,
    env: { ...process.env, ENGINE_FAKE: JSON.stringify(fake) },
    stop,
    timing: QUICK,
    now: Date.now,
    say: (message) => said.push(message),
    engine: [process.execPath, FAKE],
    ...more,
  });
  return { outcome, stop, said };
};
