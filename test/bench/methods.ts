/** Every method on one task and one base: what each costs, and what it gains. A process each, one after another. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { ENGINE_ENV } from '../../gpu-worker/engines/index.ts';
import type { Message, Row } from '../../shared/contracts/row.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { hfFolder } from '../helpers/hf-base.ts';
import type { MethodAsk, MethodResult, Pace } from './methods-ask.ts';

/** Settings are the plan's where nothing is said. */
const METHODS: Readonly<Record<string, MethodAsk['method']>> = {
  base: null,
  lora: { type: 'lora' },
  dora: { type: 'lora', use_dora: true },
  'lora+': { type: 'lora', loraplus_lr_ratio: 16 },
  oft: { type: 'oft' },
  ia3: { type: 'ia3' },
  prefix: { type: 'prefix' },
  prompt: { type: 'prompt' },
  bottleneck: { type: 'bottleneck' },
  vera: { type: 'vera' },
  full: { type: 'full' },
};

const TASKS = ['format', 'style', 'knowledge'] as const;
type Task = (typeof TASKS)[number];
/** What decides each task, and beside it how long its answers are. */
const DECIDES = {
  format: { metric: 'json_match', max_new_tokens: 72 },
  style: { metric: 'token_f1', max_new_tokens: 64 },
  knowledge: { metric: 'token_f1', max_new_tokens: 48 },
} as const satisfies Record<Task, { metric: string; max_new_tokens: number }>;

const OPTIONS = {
  base: { type: 'string', default: 'HuggingFaceTB/SmolLM2-135M-Instruct' },
  task: { type: 'string', default: 'format' },
  methods: { type: 'string', default: Object.keys(METHODS).join(',') },
  steps: { type: 'string', default: '30' },
  'batch-size': { type: 'string', default: '4' },
  'held-out': { type: 'string', default: '24' },
  answers: { type: 'string', default: '12' },
  general: { type: 'string' },
  'general-texts': { type: 'string', default: '12' },
  threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
} as const;

const say = (text: string) => process.stderr.write(`${text}\n`);
const folderOf = (task: string) => join(packageRoot(), 'infra/local/demo', task);

const rowsOf = (task: string, file: 'train' | 'valid', n: number): Row[] =>
  readFileSync(join(folderOf(task), `${file}.jsonl`), 'utf8')
    .split('\n')
    .filter(Boolean)
    .slice(0, n)
    .map((line) => ({ kind: 'chat', ...(JSON.parse(line) as { messages: Message[] }) }));

/** Paragraphs of a file, or what people say and hear in the other tasks, as plain text. */
const generalTexts = (file: string | undefined, task: Task, n: number): string[] => {
  if (file !== undefined)
    return readFileSync(file, 'utf8')
      .split(/\n\s*\n/)
      .map((text) => text.trim())
      .filter(Boolean)
      .slice(0, n);
  const others = TASKS.filter((other) => other !== task && other !== 'format');
  return others.flatMap((other) =>
    rowsOf(other, 'valid', n / others.length).map((row) =>
      row.kind === 'chat'
        ? row.messages
            .slice(-2)
            .map(({ content }) => content)
            .join('\n')
        : '',
    ),
  );
};

const run = promisify(execFile);
const runMethod = async (ask: MethodAsk): Promise<MethodResult> => {
  const file = `${ask.out}.json`;
  writeFileSync(file, JSON.stringify(ask));
  const side = new URL('methods-side.js', import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [side, file], {
    env: { ...ENGINE_ENV, ...process.env },
    maxBuffer: 2 ** 26,
  });
  rmSync(ask.out, { recursive: true, force: true }); // a whole model takes gigabytes
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as MethodResult;
};

type Results = Readonly<Record<string, MethodResult>>;

const line = (name: string, cells: readonly string[]): string =>
  name.padEnd(12) + cells.map((cell) => cell.padStart(11)).join('');
const HEAD = line(
  '',
  'trained %,file MB,peak MB,ms/step,ms/token,added,context,loss,metric,forgetting'.split(','),
);

const added = ({ own, base }: Pace): number => own - base;

/** A method's line of the table, and that of the merged weights where there are some. */
const linesOf = (name: string, result: MethodResult, metric: string): string => {
  const { training, merged, pace, ...found } = result;
  const own = line(name, [
    training ? (100 * training.share).toFixed(3) : '',
    training?.file_mb.toFixed(2) ?? '',
    training?.peak_rss_mb.toFixed(0) ?? '',
    training?.ms_per_step.toFixed(0) ?? '',
    pace.own.toFixed(1),
    training ? added(pace).toFixed(1) : '',
    String(found.context_tokens),
    found.loss.toFixed(3),
    found.metrics[metric]?.toFixed(2) ?? '',
    training ? (found.general.own - found.general.base).toFixed(3) : '',
  ]);
  if (!merged) return own;
  const costs = [merged.pace.own.toFixed(1), added(merged.pace).toFixed(1), '0', merged.loss.toFixed(3)];
  return `${own}\n${line('  merged', ['', '', '', '', ...costs, '', ''])}`;
};

/** What is known of the methods, as it shows here; null where a method was left out. */
const orderOf = (results: Results) => {
  const { lora, prefix, prompt, bottleneck } = results;
  const context = Object.entries(results).filter(([, { context_tokens }]) => context_tokens > 0);
  return {
    context_is_used_by: context.map(([name]) => name),
    prefix_and_prompt_alone_use_context:
      prefix && prompt ? context.every(([name]) => name === 'prefix' || name === 'prompt') : null,
    bottleneck_adds_ms_per_token: bottleneck ? added(bottleneck.pace) : null,
    lora_adds_ms_per_token: lora ? added(lora.pace) : null,
    merged_lora_adds_ms_per_token: lora?.merged ? added(lora.merged.pace) : null,
    merged_lora_runs_the_base_graphs: lora?.merged ? lora.merged.new_graphs === 0 : null,
    merging_changes_the_loss_by: lora?.merged ? Math.abs(lora.merged.loss - lora.loss) : null,
  };
};

export const benchMethods = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const task = TASKS.find((name) => name === values.task);
  if (!task) throw new Error(`--task ${values.task}: one of ${TASKS.join(', ')}`);
  const names = values.methods.split(',');
  const unknown = names.find((name) => !Object.hasOwn(METHODS, name));
  if (unknown !== undefined) throw new Error(`--methods ${unknown}: of ${Object.keys(METHODS).join(', ')}`);
  const [steps, batch_size] = [Number(values.steps), Number(values['batch-size'])];
  const { metric, max_new_tokens } = DECIDES[task];
  const work = mkdtempSync(join(tmpdir(), 'droptune-methods-'));
  const shared = {
    base: { id: values.base, path: await hfFolder(values.base, process.env) },
    train: rowsOf(task, 'train', steps * batch_size),
    held_out: rowsOf(task, 'valid', Number(values['held-out'])),
    schema: null,
    general: generalTexts(values.general, task, Number(values['general-texts'])),
    steps,
    batch_size,
    answers: Number(values.answers),
    max_new_tokens,
    threads: Number(values.threads),
  };
  const results: Record<string, MethodResult> = {};
  say(HEAD);
  try {
    for (const name of names) {
      const result = await runMethod({ ...shared, method: METHODS[name]!, out: join(work, name) });
      results[name] = result;
      say(linesOf(name, result, metric));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const order = orderOf(results);
  say(
    '\nms/token: between two generated tokens, of the quickest tenth; added: to the base in the same turns',
  );
  say(`loss: nats a token on held-out rows; metric: ${metric}; forgetting: change of the loss on other text`);
  return { task, steps, batch_size, metric, results, order };
};
