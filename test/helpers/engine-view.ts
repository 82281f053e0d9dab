/** What a run has left in its store, as tests ask for it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runKeys } from '../../shared/keys.ts';
import type { TestRun } from './engine-run.ts';
import { eventsOf, putJson, tempFolder, textOf } from './engine-store.ts';

export const eventsIn = (run: TestRun, attempt = 1) =>
  eventsOf(run.storage.root, run.storage, run.prefix(attempt));
export const typesIn = async (run: TestRun, attempt = 1) =>
  (await eventsIn(run, attempt)).map(({ type }) => type).filter((type) => type !== 'progressed');
export const lastIn = async (run: TestRun, attempt = 1) => (await eventsIn(run, attempt)).at(-1);
export const stepsIn = async (run: TestRun, attempt = 1) =>
  (await textOf(run.storage, runKeys.metrics(run.prefix(attempt))))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).step as number);
export const logOf = (run: TestRun, attempt = 1) => textOf(run.storage, runKeys.log(run.prefix(attempt)));
export const filesOf = (run: TestRun, attempt = 1) =>
  readdirSync(join(run.storage.root, run.prefix(attempt)), { recursive: true, encoding: 'utf8' }).toSorted();
export const control = (run: TestRun, want: string) =>
  putJson(run.storage, runKeys.control(run.prefix()), { rev: 1, want });
export const traced = () => join(tempFolder(), 'trace');
export const traceOf = (trace: string) => (existsSync(trace) ? readFileSync(trace, 'utf8') : '');
