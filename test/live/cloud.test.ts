/** A deployed stack, on either cloud: a dataset dropped into its bucket becomes an adapter, and the API knows of it.
 *  DROPTUNE_LIVE_URL, _KEY and _STORAGE (the bucket's uri; the credential as the cloud's SDK reads it) name the stack. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { OutboxStatus } from '../../shared/contracts/outbox.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { openStorage } from '../../shared/storage/index.ts';

const { DROPTUNE_LIVE_URL: url, DROPTUNE_LIVE_KEY: key, DROPTUNE_LIVE_STORAGE: uri } = process.env;
const demo = (name: string): Buffer => readFileSync(join(packageRoot(), 'infra/local/demo/format', name));

const get = async (path: string, bearer = key): Promise<Response> =>
  fetch(new URL(path, url), { headers: { authorization: `Bearer ${bearer}` } });

describe.skipIf(!url || !key || !uri)(
  'a deployed stack (skipped without DROPTUNE_LIVE_URL, _KEY, _STORAGE)',
  () => {
    test('answers who has the key, and nobody else', async () => {
      expect((await get('/healthz')).status).toBe(200);
      expect((await get('/v1/fine_tuning/jobs', 'wrong')).status).toBe(401);
      expect((await get('/v1/fine_tuning/jobs')).status).toBe(200);
    });

    test('makes an adapter of what is dropped into its bucket', { timeout: 3_600_000 }, async () => {
      const storage = openStorage(uri!);
      const name = `live-${Date.now()}`;
      await storage.write(`inbox/live/${name}/train.jsonl`, demo('train.jsonl'));
      await storage.write(
        `inbox/live/${name}/job.yaml`,
        Buffer.from('base: nano\ntraining: { n_epochs: 1 }\n'),
      );
      let status: OutboxStatus | null = null;
      while (status === null || !['succeeded', 'failed', 'cancelled'].includes(status.status)) {
        await sleep(10_000);
        const bytes = await storage.read(`outbox/live/${name}/status.json`);
        status = bytes && OutboxStatus.parse(JSON.parse(Buffer.from(bytes).toString()));
      }
      expect(status).toMatchObject({ status: 'succeeded', error: null });
      expect(await storage.head(`outbox/live/${name}/adapter/adapter_model.safetensors`)).not.toBeNull();
    });
  },
);
