/** Cold starts: what the bundles weigh, how long a new process takes to its first answer beside a bundle of an empty
 *  Hono, and how long a new worker takes to its first training step beside PyTorch and PEFT. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { startLambda } from '../helpers/lambda.ts';
import { freshPostgres } from '../helpers/postgres.ts';
import { benchWorker } from './cold-worker.ts';
import { ROOT } from './python.ts';

const OPTIONS = {
  rounds: { type: 'string', default: '5' },
  /** api or worker alone */
  only: { type: 'string', default: 'api,worker' },
  base: { type: 'string', default: 'HuggingFaceTB/SmolLM2-135M-Instruct' },
  tokens: { type: 'string', default: '512' },
  rank: { type: 'string', default: '16' },
} as const;

const say = (text: string) => process.stderr.write(`${text}\n`);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const weigh = (file: string) => ({
  bytes: statSync(file).size,
  gzip_bytes: gzipSync(readFileSync(file)).length,
});

/** Bytes of each bundle, with the storage SDK and without. */
const sizes = (scratch: string) => {
  execFileSync(process.execPath, [`${ROOT}infra/bundle.mjs`, '--out', scratch, '--without-storage']);
  const files = { aws: 'aws/index.mjs', aliyun: 'aliyun/index.js' };
  return Object.fromEntries(
    Object.entries(files).flatMap(([cloud, file]) => [
      [cloud, weigh(`${ROOT}dist/${file}`)],
      [`${cloud}, without its storage SDK`, weigh(join(scratch, file))],
    ]),
  );
};

const EMPTY = `import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
export const api = handle(new Hono().get('/healthz', (c) => c.json({ status: 'ok' })));`;

/** As ours is built. */
const buildEmpty = async (folder: string): Promise<string> => {
  await build({
    stdin: { contents: EMPTY, resolveDir: ROOT },
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    minify: true,
  });
  return folder;
};

/** Milliseconds from the start of the process to the first answer. */
const firstAnswer = async (task: string, env: Record<string, string>, path: string): Promise<number> => {
  const { invoke, born_ms, stop, logged } = await startLambda('index.api', env, task);
  try {
    const answer = (await invoke({
      version: '2.0',
      rawPath: path,
      rawQueryString: '',
      headers: { authorization: `Bearer ${env['DROPTUNE_ADMIN_KEY']}` },
      requestContext: { http: { method: 'GET', path }, domainName: 'localhost' },
      isBase64Encoded: false,
    })) as { statusCode: number };
    const ms = performance.now() - born_ms;
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode}: ${logged.join('')}`);
    return ms;
  } finally {
    await stop();
  }
};

const benchApi = async (scratch: string, rounds: number) => {
  const database = await freshPostgres();
  if (!database) throw new Error('No PostgreSQL answers: DATABASE_TEST_URL names one');
  const env = {
    DATABASE_URL: database.url,
    DROPTUNE_STORAGE: `file:${scratch}`,
    DROPTUNE_ADMIN_KEY: 'cold',
    DROPTUNE_WEBHOOK_SECRET: `whsec_${Buffer.alloc(24).toString('base64')}`,
    DROPTUNE_LAUNCHER: 'fc',
    DROPTUNE_FC_FUNCTION: 'worker',
    FC_ACCOUNT_ID: '1',
    FC_REGION: 'cn-hangzhou',
  };
  const empty = await buildEmpty(join(scratch, 'empty'));
  const ours = `${ROOT}dist/aws`;
  const cases = {
    'empty Hono, /healthz': () => firstAnswer(empty, {}, '/healthz'),
    'ours, /healthz': () => firstAnswer(ours, env, '/healthz'),
    'ours, /v1/fine_tuning/jobs': () => firstAnswer(ours, env, '/v1/fine_tuning/jobs'),
  };
  try {
    await firstAnswer(ours, env, '/healthz'); // migrates
    const ms: Record<string, number[]> = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
    for (let round = 0; round < rounds; round++)
      for (const [name, run] of Object.entries(cases)) ms[name]!.push(await run());
    for (const [name, values] of Object.entries(ms))
      say(`${name.padEnd(28)} ${median(values).toFixed(0).padStart(5)} ms (median of ${rounds})`);
    return ms;
  } finally {
    await database.drop();
  }
};

export const benchCold = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const rounds = Number(values.rounds);
  const scratch = mkdtempSync(join(tmpdir(), 'bench-cold-'));
  try {
    const bundles = sizes(scratch);
    for (const [name, { bytes }] of Object.entries(bundles)) say(`${name.padEnd(36)} ${bytes} bytes`);
    const first_answer_ms = values.only.includes('api') ? await benchApi(scratch, rounds) : null;
    const ask = { base: values.base, tokens: Number(values.tokens), rank: Number(values.rank) };
    const first_step_s = values.only.includes('worker') ? await benchWorker(ask, rounds, say) : null;
    return { bundles, first_answer_ms, first_step_s, ask };
  } finally {
    rmSync(scratch, { recursive: true });
  }
};
