import { Hono } from 'hono';
import { findDataset } from '../../shared/db/datasets.ts';
import { findJob } from '../../shared/db/jobs.ts';
import { AppError } from '../../shared/errors.ts';
import type { Deps } from '../deps.ts';
import { reportKey, reportPageKey } from './job-object.ts';

/** Before and after, and what became of the rows: below `/v1/x/jobs/{id}/`. */
export const reportRoutes = ({ db, storage }: Pick<Deps, 'db' | 'storage'>): Hono => {
  const read = async (key: string, id: string): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = await storage.read(key);
    if (!bytes) throw new AppError('not_found', `Job ${id} has no report yet: it appears when the job ends`);
    return new Uint8Array(bytes);
  };
  return new Hono()
    .get('/:id/report', async (c) => {
      const job = await findJob(db, c.req.param('id'));
      return c.body(await read(reportKey(job), job.id), 200, { 'content-type': 'application/json' });
    })
    .get('/:id/report.html', async (c) => {
      const job = await findJob(db, c.req.param('id'));
      return c.body(await read(reportPageKey(job), job.id), 200, {
        'content-type': 'text/html; charset=utf-8',
        // samples are other people's text: nothing on the page may load or run
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
      });
    })
    .get('/:id/dataset', async (c) => {
      const job = await findJob(db, c.req.param('id'));
      const { report } = await findDataset(db, job.dataset);
      if (!report) throw new AppError('not_found', `The rows of job ${job.id} are not checked yet`);
      return c.json(report);
    });
};
