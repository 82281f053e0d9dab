import { Hono } from 'hono';
import { AppError } from '../../shared/errors.ts';
import { keys } from '../../shared/keys.ts';
import type { Storage } from '../../shared/storage/driver.ts';
import { type Alias, findAlias, readAlias } from '../alias.ts';
import type { Deps } from '../deps.ts';
import { seconds, toApiList } from './job-object.ts';

const toModel = ({ id, base, adapter, init_from, job, project, verdict, created_at_ms }: Alias) => ({
  id,
  object: 'model' as const,
  created: seconds(created_at_ms ?? 0),
  owned_by: project,
  x_base: base,
  x_adapter: adapter,
  x_init_from: init_from,
  x_job: job,
  x_verdict: verdict,
});

const findModel = async (storage: Storage, id: string): Promise<Alias> => {
  const alias = await findAlias(storage, id);
  if (!alias) throw new AppError('not_found', `The model ${id} does not exist`, { param: 'model' });
  return alias;
};

const allModels = async (storage: Storage): Promise<Alias[]> => {
  const models: Alias[] = [];
  for await (const { key } of storage.list('models/')) {
    const alias = await readAlias(storage, key);
    if (alias) models.push(alias); // else it was deleted meanwhile
  }
  return models.toSorted((a, b) => (b.created_at_ms ?? 0) - (a.created_at_ms ?? 0));
};

/** Models that jobs have made. An id holds colons, and perhaps a slash that arrives as `%2F`: Hono decodes it. */
export const modelRoutes = ({ storage }: Pick<Deps, 'storage'>): Hono =>
  new Hono()
    .get('/', async (c) => c.json(toApiList((await allModels(storage)).map(toModel), false)))
    .get('/:id{.+}', async (c) => c.json(toModel(await findModel(storage, c.req.param('id')))))
    .delete('/:id{.+}', async (c) => {
      const { id, adapter } = await findModel(storage, c.req.param('id'));
      // the alias first: nobody finds a model whose weights are half gone
      await storage.remove(keys.model(id));
      const gone: string[] = [];
      for await (const { key } of storage.list(adapter)) gone.push(key);
      for (const key of gone) await storage.remove(key);
      return c.json({ id, object: 'model', deleted: true });
    });
