/** The handlers with the rights that the templates give them, and no others: what they write and remove is allowed, and
 *  what is allowed they write and remove. */
import { describe, expect, test } from 'vitest';
import { createApp } from '../../functions/api/app.ts';
import type { Deps } from '../../functions/deps.ts';
import type { Storage } from '../../shared/storage/driver.ts';
import { askOf, KEY } from '../helpers/api.ts';
import { bench, faq, settle, WHOLE } from '../helpers/control-plane.ts';
import { type Grant, grantsOf, readTemplate } from './template.ts';

type Right = { readonly pattern: string; readonly allows: RegExp };

/** `…/outbox/*` → keys below it; a star stands for slashes too, as in the policies of both clouds. */
const rightsOf = (grants: readonly Grant[], role: string, action: RegExp): Right[] =>
  grants
    .filter((grant) => grant.role === role && action.test(grant.action))
    .flatMap(({ resources }) => resources.map((name) => name.replace(/^.*?\//, '')))
    .map((pattern) => ({
      pattern,
      allows: new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`),
    }));

/** The store as the role sees it; `used` tells which rights served. */
const asRole = (storage: Storage, grants: readonly Grant[], role: string) => {
  const rights = {
    write: rightsOf(grants, role, /:PutObject$/),
    remove: rightsOf(grants, role, /:DeleteObject$/),
  };
  const used = new Set<string>();
  const check = (what: keyof typeof rights, key: string): void => {
    const right = rights[what].find(({ allows }) => allows.test(key));
    if (!right) throw new Error(`${role} may not ${what} ${key}`);
    used.add(`${what} ${right.pattern}`);
  };
  const seen: Storage = {
    ...storage,
    write: async (key, body) => (check('write', key), storage.write(key, body)),
    create: async (key, body) => (check('write', key), storage.create(key, body)),
    remove: async (key) => (check('remove', key), storage.remove(key)),
  };
  const idle = (): string[] =>
    Object.entries(rights)
      .flatMap(([what, list]) => list.map(({ pattern }) => `${what} ${pattern}`))
      .filter((right) => !used.has(right));
  return { seen, idle };
};

const openWith = async (cloud: 'aws' | 'alibaba') => {
  const grants = grantsOf(readTemplate(cloud));
  const { deps } = await bench([WHOLE, 'later']);
  const [api, work] = ['ApiRole', 'WorkRole'].map((role) => asRole(deps.storage, grants, role));
  const app = createApp({ ...deps, storage: api!.seen, adminKey: KEY, eventsToken: null });
  const worker: Deps = { ...deps, storage: work!.seen };
  const send = askOf(app);
  const ask = async (method: string, path: string, body?: string | FormData) => {
    const { status, body: said } = await send(path, { method, body });
    expect([method, path, status]).toEqual([method, path, 200]);
    return said;
  };
  return { ask, worker, idle: () => ({ api: api!.idle(), work: work!.idle() }) };
};

describe.each(['aws', 'alibaba'] as const)('with its rights on %s', (cloud) => {
  test('the service does all that it does, and needs them all', { timeout: 60_000 }, async () => {
    const { ask, worker, idle } = await openWith(cloud);
    const dropped = await ask('POST', '/v1/x/inbox/acme/faq.jsonl', faq());
    expect((await ask('POST', '/v1/x/inbox/acme/set/train.jsonl', faq(50))).outcome).toBe('waiting');
    await ask('DELETE', '/v1/x/inbox/acme/set/');
    const form = new FormData();
    form.set('purpose', 'fine-tune');
    form.set('file', new File([faq()], 'faq.jsonl'));
    await ask('DELETE', `/v1/files/${(await ask('POST', '/v1/files', form)).id}`);
    await settle(worker);

    const job = await ask('GET', `/v1/fine_tuning/jobs/${dropped.job}`);
    expect(job.status).toBe('succeeded');
    await ask('DELETE', `/v1/models/${encodeURIComponent(job.fine_tuned_model)}`);

    // the platform has no room for this one, and its worker is told so
    const other = await ask('POST', '/v1/x/inbox/acme/other.jsonl', faq(45));
    await settle(worker);
    await ask('POST', `/v1/fine_tuning/jobs/${other.job}/cancel`);
    await settle(worker);
    expect((await ask('GET', `/v1/fine_tuning/jobs/${other.job}`)).status).toBe('cancelled');
    expect(idle()).toEqual({ api: [], work: [] });
  });
});
