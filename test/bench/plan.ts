/** What `auto` chooses beside LLaMA-Factory's documented defaults for LoRA, on the same rows, base and number of passes:
 *  the held-out loss of each (https://github.com/hiyouga/LLaMA-Factory, examples/train_lora: rank 8, alpha 16, all linear
 *  layers, 1e-4, cosine, warm-up 0.1, 8 rows a step, 3 epochs, no weight decay). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../shared/package-root.ts';
import { RunReport } from '../../shared/contracts/report.ts';
import { droptune, lastOf, sets } from './droptune.ts';

const DEMO = ['format', 'knowledge', 'style'].map((name) =>
  join(packageRoot(), 'infra/local/demo', name, 'train.jsonl'),
);
const OPTIONS = {
  base: { type: 'string', default: 'nano' },
  rows: { type: 'string', default: '300' },
  data: { type: 'string', multiple: true, default: DEMO },
} as const;

const DEFAULTS = {
  'method.type': 'lora',
  'method.r': 8,
  'method.lora_alpha': 16,
  'method.target_modules': 'all-linear',
  'training.batch_size': 8,
  'training.learning_rate': 1e-4,
  'training.lr_scheduler_type': 'cosine',
  'training.warmup_ratio': 0.1,
  'training.weight_decay': 0,
  'training.load_best_model_at_end': false,
  'training.early_stopping': false,
};
const BOTH = { 'training.n_epochs': 3, 'evaluation.samples': 0 };

const say = (text: string) => process.stderr.write(`${text}\n`);

type Side = { readonly loss: number; readonly base: number; readonly tokens: number };

const trainWith = async (settings: object, data: string, base: string, out: string): Promise<Side> => {
  const args = sets({ ...BOTH, ...settings });
  const { report } = lastOf(await droptune('train', data, '--base', base, '--out', out, ...args), 'result');
  const { figures } = RunReport.parse(report);
  const number = (key: string): number => Number(figures[key]);
  return {
    loss: number('loss_token_mean_tuned'),
    base: number('loss_token_mean_base'),
    tokens: number('trained_tokens'),
  };
};

export const benchPlan = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const scratch = mkdtempSync(join(tmpdir(), 'bench-plan-'));
  try {
    const found = [];
    for (const [i, path] of values.data.entries()) {
      const lines = readFileSync(resolve(path), 'utf8').split('\n').filter(Boolean);
      const data = join(scratch, `rows-${i}.jsonl`);
      writeFileSync(data, lines.slice(0, Number(values.rows)).join('\n'));
      const auto = await trainWith({}, data, values.base, join(scratch, `auto-${i}`));
      const defaults = await trainWith(DEFAULTS, data, values.base, join(scratch, `defaults-${i}`));
      const name = `${basename(dirname(path))}/${basename(path)}`;
      say(
        `${name}: held-out loss ${auto.base.toFixed(3)} → auto ${auto.loss.toFixed(3)}, defaults ${defaults.loss.toFixed(3)}; tokens ${auto.tokens}, ${defaults.tokens}`,
      );
      found.push({ name, auto, defaults, better: auto.loss <= defaults.loss });
    }
    return { base: values.base, found, better: found.filter(({ better }) => better).length };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};
