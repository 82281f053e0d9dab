/** The onnx engine as a child process: `node onnx.js WORKDIR`. See `contract.ts`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hintOf, toWire } from '../../shared/errors.ts';
import { EXIT, type EngineMessage, onDisk, Plan, StopRequest } from './contract.ts';
import { runJob } from './job.ts';

const emit = (message: EngineMessage): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

const readPlan = (folder: string): Plan =>
  onDisk(Plan.parse(JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))), folder);

let stop: StopRequest['stop'] | null = null;
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const asked = StopRequest.safeParse(JSON.parse(line));
    if (asked.success) ({ stop } = asked.data);
  })
  .on('close', () => process.exit(EXIT.failed)); // the supervisor is dead: nobody will take the result

try {
  const code = await runJob(readPlan(process.argv[2] ?? '.'), { emit, stopAsked: () => stop });
  process.stdout.write('', () => process.exit(code));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  const { code } = toWire(error);
  emit({
    type: 'failed',
    code: code === 'internal' ? 'engine_failed' : code,
    message: error instanceof Error ? error.message : String(error),
    hint: hintOf(error),
  });
  process.stdout.write('', () => process.exit(EXIT.failed));
}
