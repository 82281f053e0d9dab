/** An engine that computes nothing and keeps the contract: steps, metrics, checkpoints, stops, and deaths on demand.
 *  ENGINE_FAKE (JSON): { steps, step_ms, die_at, how: 'kill' | 'exit' | 'failed' | 'hang' | 'heap', garbage, nan, trace } */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const work = process.argv[2];
const plan = JSON.parse(readFileSync(join(work, 'plan.json'), 'utf8'));
const {
  steps = 6,
  step_ms = 5,
  die_at,
  how,
  garbage,
  nan,
  trace,
} = JSON.parse(process.env.ENGINE_FAKE ?? '{}');
const out = resolve(work, plan.out);
// a dead reader must not end it before its stdin does
for (const pipe of [process.stdout, process.stderr]) pipe.on('error', () => {});
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const mark = (text) => trace && appendFileSync(trace, `${text}\n`);

let stop = null;
createInterface({ input: process.stdin })
  .on('line', (line) => {
    stop = JSON.parse(line).stop;
    mark(`stop ${stop}`);
  })
  .on('close', () => {
    if (how === 'hang') return;
    mark('orphan');
    process.exit(75);
  });

const lossAt = (step) => Number((2 / (1 + step)).toFixed(6));
const checkpoint = (step) => {
  const folder = join(out, 'checkpoint', String(step));
  mkdirSync(join(folder, 'deep'), { recursive: true });
  writeFileSync(join(folder, 'state.json'), JSON.stringify({ step }));
  writeFileSync(join(folder, 'deep', 'values.bin'), Buffer.alloc(64, step));
  const metrics = { step, train_loss: lossAt(step), full_valid_loss: null };
  say({ type: 'checkpoint', step, folder, metrics });
};

const die = {
  kill: () => process.kill(process.pid, 'SIGKILL'),
  exit: () => process.exit(9),
  failed: () => {
    say({ type: 'failed', code: 'diverged', message: 'The loss is NaN', hint: 'Lower it' });
    process.exit(1);
  },
  hang: () => {
    mark('hanging');
    for (;;);
  },
  heap: () => {
    process.stderr.write(
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n',
    );
    process.abort();
  },
};

const progress = (phase, step) =>
  say({
    type: 'progress',
    progress: {
      phase,
      step,
      steps,
      epoch: step / steps,
      loss: lossAt(step),
      eval_loss: null,
      eta_seconds: 1,
      tokens_per_second: 10,
    },
  });

const writeAdapter = () => {
  const folder = join(out, 'adapter');
  mkdirSync(folder, { recursive: true });
  const name = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';
  const header = Buffer.from(JSON.stringify({ [name]: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const values = Buffer.from(Float32Array.of(1, nan ? NaN : 2).buffer);
  writeFileSync(join(folder, 'adapter_model.safetensors'), Buffer.concat([length, header, values]));
  const config = { peft_type: 'LORA', r: 1, lora_alpha: 1, base_model_name_or_path: plan.base.id };
  writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(config));
};

const first = plan.resume_from
  ? JSON.parse(readFileSync(resolve(work, plan.resume_from, 'state.json'), 'utf8')).step
  : 0;
mark(`begin ${first} ${process.pid} ${process.env.NODE_OPTIONS}`);
process.stderr.write('the engine has begun\n');
if (garbage) process.stdout.write('{"type":"surprise"}\nnot json\n');
for (let step = first + 1; step <= steps; step++) {
  await sleep(step_ms);
  if (step === die_at) die[how]();
  say({
    type: 'metrics',
    line: {
      step,
      epoch: step / steps,
      loss: lossAt(step),
      grad_norm: 1,
      learning_rate: 1e-3,
      tokens: 8,
      tokens_per_second: 10,
      rss_mb: 50,
    },
  });
  progress('train', step);
  if (stop || step % plan.recipe.training.save_steps === 0) checkpoint(step);
  if (stop) process.exit(75);
}
progress('evaluate_tuned', steps);
say({ type: 'evaluated', verdict: 'improved', message: 'loss −1' });
writeAdapter();
for (const file of ['report.json', 'report.html', 'predictions.jsonl'])
  writeFileSync(join(out, file), `{"of":"${file}"}\n`);
say({ type: 'done', trained_tokens: 48, verdict: 'improved' });
process.exit(0);
