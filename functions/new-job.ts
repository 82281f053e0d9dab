import type { Job } from '../shared/contracts/job.ts';
import type { DatasetRow } from '../shared/db/datasets.ts';
import type { EndpointRow } from '../shared/db/webhooks.ts';
import { newId } from '../shared/ids.ts';
import type { Deps } from './deps.ts';

/** A job before its first event. */
export const freshJob = ({
  now_ms,
  ...given
}: Pick<Job, 'project' | 'name' | 'dataset' | 'recipe' | 'request'> & {
  id?: string;
  now_ms: number;
}): Job => ({
  id: newId('ftjob-'),
  ...given,
  status: 'validating',
  resolved: null,
  attempt: 0,
  losses: 0,
  progress: null,
  checkpoint: null,
  adapter: null,
  model: null,
  verdict: null,
  trained_tokens: null,
  error: null,
  created_at_ms: now_ms,
  finished_at_ms: null,
});

/** A dataset before anybody looked at it. */
export const freshDataset = ({
  now_ms,
  ...given
}: Pick<DatasetRow, 'project' | 'name' | 'identity' | 'sources'> & { now_ms: number }): DatasetRow => ({
  id: newId('ds_'),
  ...given,
  status: 'pending',
  report: null,
  rows_sha256: null,
  created_at_ms: now_ms,
});

/** The endpoint that the job's own recipe names, signed with the service's secret. */
export const recipeEndpoint = ({ settings }: Pick<Deps, 'settings'>, job: Job): EndpointRow | null =>
  job.recipe.webhook
    ? {
        id: `we_${job.id.slice('ftjob-'.length)}`,
        url: job.recipe.webhook.url,
        secret: settings.webhook_secret,
        events: null,
        job: job.id,
        disabled_at_ms: null,
        created_at_ms: job.created_at_ms,
      }
    : null;
