/** `evaluate --base ID [--adapter DIR] --rows FILE --out DIR`: the report alone. FILE holds rows as JSON lines
 *  `{"line", "row"}` in canonical form. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Progress } from '../../shared/contracts/event.ts';
import { Row } from '../../shared/contracts/row.ts';
import { deviceFrom } from '../../shared/device.ts';
import { AppError } from '../../shared/errors.ts';
import { progressOf } from '../../shared/progress.ts';
import { encodeExamples } from '../../shared/text/examples.ts';
import type { TokenRow } from '../../shared/text/shards.ts';
import { loadAdapter } from '../runtime/read-tuned.ts';
import { threadsHere } from '../runtime/machine.ts';
import { type OpenModel, openModel } from '../runtime/open.ts';
import { layOut } from '../runtime/parameters.ts';
import { take } from '../runtime/tensors.ts';
import { resolveBase } from '../weights/resolve.ts';
import { runArm, type Tuned } from './arm.ts';
import { type Arms, compare, predictionsOf } from './compare.ts';
import { type HeldOutRow, heldOutRows } from './held-out.ts';
import { compileSchema } from './metrics/schema.ts';
import { reportPage } from './page.ts';

type Environment = Readonly<Record<string, string | undefined>>;
const print = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
const Line = z.looseObject({ line: z.int(), row: Row });

const OPTIONS = {
  base: { type: 'string' },
  adapter: { type: 'string' },
  rows: { type: 'string' },
  out: { type: 'string' },
  schema: { type: 'string' },
  samples: { type: 'string', default: '100' },
  'max-new-tokens': { type: 'string', default: '128' },
  'max-length': { type: 'string', default: '1024' },
} as const;

/** Rows of which an answer is left within `maxLength` tokens. */
const heldOut = (path: string, { tokenizer }: OpenModel, maxLength: number): HeldOutRow[] => {
  const read = readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((text) => Line.parse(JSON.parse(text)));
  const tokens: TokenRow[] = [];
  const rows = read.filter(({ row, line }) => {
    const { rows: sides } = encodeExamples(tokenizer, row, { objective: 'sft', maxLength, compared: true });
    tokens.push(...sides.map(({ ids, weights }) => ({ ids, weights, line })));
    return sides.length > 0;
  });
  const left = read.length - rows.length;
  if (left > 0)
    print({
      type: 'note',
      message: `${left} of ${read.length} rows have no answer within ${maxLength} tokens`,
    });
  return heldOutRows(rows, tokens, { tokenizer, maxLength });
};

const tunedBy = (folder: string, open: OpenModel): Tuned => {
  const { seams, tensors } = loadAdapter(folder, open.model);
  const parameters = layOut(open.model, seams);
  take(parameters, tensors);
  return { seams, parameters };
};

const progress = (phase: Progress['phase']) => (step: number, steps: number) =>
  void print({ type: 'progress', progress: progressOf({ phase, step, steps }) });

/** Prints progress and `done`; writes report.json, report.html and predictions.jsonl into `out`. */
export const evaluateCommand = async (argv: readonly string[], env: Environment): Promise<number> => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const { base, rows: file, out, adapter } = values;
  if (!base || !file || !out)
    throw new AppError('invalid_request', 'evaluate wants --base ID, --rows FILE and --out DIR');
  const home = resolve(env['DROPTUNE_HOME'] ?? '.droptune');
  const found = await resolveBase(base, { home, env, note: (message) => print({ type: 'note', message }) });
  const schemaJson = values.schema
    ? (JSON.parse(readFileSync(values.schema, 'utf8')) as Record<string, unknown>)
    : null;
  const schema = schemaJson && compileSchema(schemaJson);
  const open = await openModel(found.path, threadsHere(), deviceFrom(env));
  try {
    const max_length = Number(values['max-length']);
    const rows = heldOut(file, open, max_length);
    const numbers = {
      samples: Number(values.samples),
      max_new_tokens: Number(values['max-new-tokens']),
      max_length,
    };
    const tuned = adapter ? tunedBy(adapter, open) : null;
    const arms: Arms = {
      base: await runArm(open, { tuned: null, rows, ...numbers, onProgress: progress('evaluate_base') }),
      ...(tuned && {
        tuned: await runArm(open, { tuned, rows, ...numbers, onProgress: progress('evaluate_tuned') }),
      }),
    };
    const predictions = predictionsOf(rows, arms, schema);
    const report = compare({
      predictions,
      arms,
      schema,
      curve: [],
      figures: {},
      gates: {},
      objective: null,
      seed: 0,
    });
    mkdirSync(out, { recursive: true });
    const write = (name: string, text: string) => writeFileSync(join(out, name), text);
    write('report.json', `${JSON.stringify(report, null, 2)}\n`);
    write('predictions.jsonl', predictions.map((p) => `${JSON.stringify(p)}\n`).join(''));
    const title = adapter ?? base;
    write('report.html', reportPage({ title, report, metrics: [], recipe: null, base, dataset: {} }));
    print({ type: 'done', verdict: report.verdict, message: report.message, report });
    return 0;
  } finally {
    await open.close();
  }
};
