import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { RunReport } from '../../../shared/contracts/report.ts';
import type { Spec } from '../../../shared/contracts/spec.ts';
import { AppError } from '../../../shared/errors.ts';
import { jsonBytes, parseJson } from '../../../shared/json.ts';
import type { Storage } from '../../../shared/storage/driver.ts';
import { objectUri, openStorage } from '../../../shared/storage/index.ts';
import { readEnv } from '../env.ts';
import { runWorkerProgram } from './child.ts';
import { type Args, type Cli, type Command, need } from './command.ts';
import type { InputFile } from './front-door.ts';
import { clearRun, hasCheckpoint, inspectOut, type OutFolder, putAside } from './out-folder.ts';
import { firstSpec, type Planned, planRows, ROWS } from './planned-run.ts';
import { METHOD_NAMES } from './recipe-arguments.ts';
import { failureText, relay } from './relay.ts';
import { reportTable, sampleLines, verdictLine } from './report-table.ts';

const ROWS_AGAIN = 'dataset/again.jsonl.gz';
const RESUMABLE = 75;
const SAMPLES = 3;

/** The next attempt of a run that was interrupted. Throws `invalid_request` where the command asks for something else. */
const nextSpec = async (storage: Storage, out: string, before: Spec, planned: Planned): Promise<Spec> => {
  const asked = firstSpec(storage, planned);
  const same = (['recipe', 'base'] as const).every(
    (key) => JSON.stringify(asked[key]) === JSON.stringify(before[key]),
  );
  if (!same || before.dataset.sha256 !== planned.sha256)
    throw new AppError('invalid_request', `${out} holds an interrupted run of other settings or other rows`, {
      hint: 'Run the same command as before to continue it, or name another folder.',
    });
  const from = await putAside(out, before);
  const attempt = before.attempt + 1;
  const resume_from = from && objectUri(storage, from);
  return { ...before, attempt, dataset: asked.dataset, resume_from, trace: `${before.job}.${attempt}` };
};

const tellResult = async (storage: Storage, out: string, { terminal, json }: Cli): Promise<void> => {
  const bytes = await storage.read('report.json');
  const report = RunReport.safeParse(bytes && parseJson(bytes));
  const files = { adapter: join(out, 'adapter'), report: join(out, 'report.html') };
  if (json)
    return terminal.out(`${JSON.stringify({ type: 'result', report: report.data ?? null, files })}\n`);
  if (report.success) {
    const { color } = terminal;
    if (report.data.arms.length > 0) terminal.out(`\n${reportTable(report.data, color)}\n`);
    for (const sample of report.data.samples.slice(0, SAMPLES))
      terminal.out(`\n${sampleLines(sample, color)}\n`);
    terminal.out(`\n${verdictLine(report.data, color)}\n`);
  }
  terminal.out(`\nadapter  ${files.adapter}\nreport   ${files.report}\n`);
};

/** A run that ended before its first checkpoint leaves nothing to continue. */
const enterOut = async (out: string): Promise<OutFolder> => {
  const found = await inspectOut(out);
  if (found.kind === 'fresh' || (await hasCheckpoint(out, found.spec))) return found;
  await clearRun(out, found.spec);
  return { kind: 'fresh' };
};

const run = async (args: Args, cli: Cli): Promise<number> => {
  const out = resolve(need(args, 'out'));
  need(args, 'base');
  const env = readEnv(cli.env);
  const valid = args.text('valid');
  const files: InputFile[] = [
    { path: args.positionals[0]!, role: 'train' },
    ...(valid === undefined ? [] : [{ path: valid, role: 'valid' as const }]),
  ];
  const found = await enterOut(out);
  const storage = openStorage(`file:${encodeURI(out)}`);
  const key = found.kind === 'fresh' ? ROWS : ROWS_AGAIN;
  const planned = await planRows(storage, files, args, { key, cli });
  if (key !== ROWS) await storage.remove(key);
  if (!planned) return 2;
  const spec =
    found.kind === 'fresh' ? firstSpec(storage, planned) : await nextSpec(storage, out, found.spec, planned);
  await storage.write('spec.json', jsonBytes(spec));

  const { line, text, close, last } = relay(cli);
  if (spec.attempt > 1)
    text(`attempt ${spec.attempt}, ${spec.resume_from ? 'from the last checkpoint' : 'from the start'}`);
  const code = await runWorkerProgram({
    args: ['worker', objectUri(storage, 'spec.json')],
    env: { ...cli.env, DROPTUNE_STORAGE: storage.uri, DROPTUNE_HOME: resolve(env.DROPTUNE_HOME) },
    line,
    text,
  });
  close();
  if (code === 0) {
    await rm(join(out, 'attempts'), { recursive: true, force: true }); // their checkpoints have served
    await tellResult(storage, out, cli);
    return 0;
  }
  const failed = last('failed');
  if (code === RESUMABLE) cli.terminal.err('Stopped. The same command continues from the last checkpoint.\n');
  else if (failed)
    cli.terminal.err(`${failureText(failed)}${failed['hint'] ? `${String(failed['hint'])}\n` : ''}`);
  return 1;
};

export const train: Command = {
  usage: 'train FILE --base ID --out DIR [--method M] [--set key=value]… [--valid FILE]',
  summary: 'One job here and now, no service, no database. An interrupted one goes on with the same command.',
  arguments: { min: 1, max: 1 },
  options: {
    base: { type: 'string', value: 'ID', help: 'name in the catalog, a folder, or a .gguf file' },
    out: {
      type: 'string',
      value: 'DIR',
      help: 'where adapter and report go: a folder that is empty or absent',
    },
    method: { type: 'string', value: 'M', help: `what is trained: ${METHOD_NAMES.join(', ')} (lora)` },
    set: {
      type: 'string',
      multiple: true,
      value: 'KEY=VALUE',
      help: 'one key of the recipe, e.g. training.n_epochs=1',
    },
    valid: { type: 'string', value: 'FILE', help: 'rows to test with; without it some of FILE are held out' },
    recipe: { type: 'string', value: 'FILE', help: 'a job.yaml to begin with' },
  },
  run,
};
