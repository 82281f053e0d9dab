/** Where everything is in the bucket (DESIGN §9): the only place that spells a key. */

const run = (job: string, attempt: number): string => `runs/${job}/${attempt}/`;

export const keys = {
  inbox: (project: string, path: string) => `inbox/${project}/${path}`,
  file: (id: string) => `files/${id}`,
  rows: (dataset: string) => `datasets/${dataset}/rows.jsonl.gz`,
  datasetReport: (dataset: string) => `datasets/${dataset}/report.json`,
  datasetPage: (dataset: string) => `datasets/${dataset}/report.html`,
  run,
  spec: (job: string, attempt: number) => `${run(job, attempt)}spec.json`,
  control: (job: string, attempt: number) => `${run(job, attempt)}control.json`,
  model: (id: string) => `models/${encodeURIComponent(id)}.json`,
  outbox: (project: string, name: string, path: string) => `outbox/${project}/${name}/${path}`,
} as const;

/** The job whose attempt has its adapter at a key, null for any other key. */
export const jobOfAdapter = (key: string): string | null =>
  /^runs\/([^/]+)\/\d+\/adapter\/$/.exec(key)?.[1] ?? null;

/** The attempt that an event file's key is of, null for any other key. */
export const runOfEvent = (key: string): { job: string; attempt: number } | null => {
  const match = /^runs\/([^/]+)\/(\d+)\/events\/\d+\.event\.json$/.exec(key);
  return match && { job: match[1]!, attempt: Number(match[2]) };
};

/** What a worker writes below its run's prefix. */
export const runKeys = {
  claim: (prefix: string) => `${prefix}claim`,
  heartbeat: (prefix: string) => `${prefix}heartbeat`,
  control: (prefix: string) => `${prefix}control.json`,
  event: (prefix: string, n: number) => `${prefix}events/${String(n).padStart(6, '0')}.event.json`,
  metrics: (prefix: string) => `${prefix}metrics.jsonl`,
  log: (prefix: string) => `${prefix}log.txt`,
  checkpoint: (prefix: string, step: number) => `${prefix}checkpoint/${step}/`,
  adapter: (prefix: string) => `${prefix}adapter/`,
  report: (prefix: string) => `${prefix}report.json`,
  reportPage: (prefix: string) => `${prefix}report.html`,
  predictions: (prefix: string) => `${prefix}predictions.jsonl`,
  manifest: (prefix: string) => `${prefix}manifest.json`,
} as const;
