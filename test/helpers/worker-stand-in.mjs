/** A worker that keeps the file contract and learns nothing: `worker SPEC_URI`, as gpu-worker/main.js is called. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [, , command, specUri] = process.argv;
if (command !== 'worker') process.exit(2);
const root = decodeURIComponent(process.env.DROPTUNE_STORAGE.slice('file:'.length));
const spec = JSON.parse(await readFile(decodeURIComponent(specUri.slice('file:'.length)), 'utf8'));

const put = async (name, body) => {
  const path = join(root, spec.prefix, name);
  const part = `${path}.${randomUUID()}.part`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(part, body);
  await rename(part, path);
};
const json = (value) => `${JSON.stringify(value)}\n`;

const claim = json({ token: randomUUID(), machine: `stand-in:${process.pid}`, at_ms: Date.now() });
await writeFile(join(root, spec.prefix, 'claim'), claim, { flag: 'wx' }).catch(() => process.exit(3));

const rows = await readFile(decodeURIComponent(spec.dataset.uri.slice('file:'.length)));
if (createHash('sha256').update(rows).digest('hex') !== spec.dataset.sha256) process.exit(1);

let n = 0;
const event = async (type, more = {}) => {
  n += 1;
  const id = `${spec.job}.${spec.attempt}.${n}`;
  const base = { type, id, job: spec.job, attempt: spec.attempt, at_ms: Date.now() };
  await put(`events/${String(n).padStart(6, '0')}.event.json`, json({ ...base, ...more }));
};
const measured = (value) => ({ value, low: value - 0.1, high: value + 0.1, n: 10 });
const arm = (name, value) => ({ name, metrics: { exact_match: measured(value) }, seconds: 1, tokens: 10 });

await put('heartbeat', json({ seq: 1, step: 0, at_ms: Date.now() }));
await event('started', { machine: 'stand-in', engine: 'none', resumed_from_step: null });
const steps = Number(process.env.STAND_IN_STEPS ?? 3);
for (let step = 1; step <= steps; step++) {
  await sleep(Number(process.env.STAND_IN_STEP_MS ?? 50));
  const progress = { phase: 'train', step, steps, epoch: 0, loss: 3 / step, eval_loss: null };
  await event('progressed', { progress: { ...progress, eta_seconds: steps - step, tokens_per_second: 100 } });
}
await put('adapter/adapter_config.json', json({ peft_type: 'LORA' }));
await put('adapter/adapter_model.safetensors', Buffer.alloc(8));
await put(
  'report.json',
  json({
    version: 1,
    verdict: 'improved',
    message: 'exact_match rose from 10 % to 90 %.',
    arms: [arm('base', 0.1), arm('tuned', 0.9)],
    gains: [{ metric: 'exact_match', delta: 0.8, low: 0.7, high: 0.9, p: 0.0001 }],
    forgetting: null,
    diagnosis: [],
    samples: [{ line: 1, prompt: 'q', reference: 'a', base: 'b', tuned: 'a', outcome: 'better' }],
    figures: {},
  }),
);
await put('report.html', '<!doctype html><title>report</title>');
await event('evaluated', { verdict: 'improved', message: 'exact_match rose from 10 % to 90 %.' });
await put('manifest.json', json({ version: 1, files: {} }));
await event('succeeded', { adapter: `${spec.prefix}adapter/`, trained_tokens: 100, verdict: 'improved' });
