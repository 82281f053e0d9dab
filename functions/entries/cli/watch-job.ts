/** A job of a running service, shown until it ends: progress, then before and after, the verdict and the files. */
import type { ApiJob } from '../../../shared/contracts/api.ts';
import type { RunReport } from '../../../shared/contracts/report.ts';
import { describeReport } from '../../../shared/dataset/describe.ts';
import type { Client } from './client.ts';
import type { Cli } from './command.ts';
import { followJob } from './follow.ts';
import { progressView } from './progress.ts';
import { reportTable, verdictLine } from './report-table.ts';
import { paint, type Terminal } from './terminal.ts';

/** A folder of this machine as a path, anything else as it is. */
export const placeOf = (uri: string): string => {
  if (!uri.startsWith('file:')) return uri;
  try {
    return decodeURIComponent(uri.slice('file:'.length));
  } catch {
    return uri.slice('file:'.length);
  }
};

export const resultText = (job: ApiJob, report: RunReport | null, terminal: Terminal): string => {
  const { outbox, adapter } = job.x_files;
  return [
    '',
    ...(report && report.arms.length > 0 ? [reportTable(report, terminal.color), ''] : []),
    ...(report ? [verdictLine(report, terminal.color), ''] : []),
    `model    ${job.fine_tuned_model ?? '–'}`,
    ...(adapter ? [`adapter  ${placeOf(adapter)}`] : []),
    `files    ${placeOf(outbox)}`,
    '',
  ].join('\n');
};

export const troubleText = async (client: Client, job: ApiJob, { color }: Terminal): Promise<string> => {
  const p = paint(color);
  const { error } = job;
  const rows = error?.code.startsWith('invalid_') ? await client.dataset(job.id) : null;
  const hint = error?.['x_hint'];
  return [
    '',
    // the report says all that the message does, line by line
    `${p('red', job.x_status)} ${error ? `${error.code}: ${rows ? 'the rows are refused' : error.message}` : ''}`.trimEnd(),
    ...(rows ? [describeReport(rows)] : typeof hint === 'string' ? [hint] : []),
    `files    ${placeOf(job.x_files.outbox)}`,
    '',
  ].join('\n');
};

/** Progress has its own line, and the end says why a job failed. */
const SAID_ELSEWHERE = new Set(['progressed', 'rejected', 'failed']);

/** Resolves with the exit code: 0 succeeded, 1 anything else. With `--json` the last line is job and report. */
export const watchJob = async (client: Client, id: string, cli: Cli): Promise<number> => {
  const { terminal, json } = cli;
  const view = progressView(terminal);
  const job = await followJob(client, id, {
    event(event) {
      if (json) terminal.out(`${JSON.stringify({ type: 'event', event })}\n`);
      if (!SAID_ELSEWHERE.has(event.x_event)) view.say(event.message);
    },
    look: ({ x_status, x_progress }) => {
      if (x_status === 'running' && x_progress) view.show(x_progress);
    },
    away: () => view.say('The service does not answer; waiting for it'),
  });
  view.close();
  const succeeded = job.x_status === 'succeeded';
  const report = succeeded ? await client.report(id) : null;
  if (json) terminal.out(`${JSON.stringify({ type: 'done', job, report })}\n`);
  else if (succeeded) terminal.out(resultText(job, report, terminal));
  else terminal.out(await troubleText(client, job, terminal));
  return succeeded ? 0 : 1;
};
