/** What a function finds in its cloud: a bucket of its own, a database, and Function Compute to launch workers on. */
import { keys } from '../../shared/keys.ts';
import { bucketServer } from './bucket/server.ts';
import type { Put } from './events.ts';
import type { Account } from './fc-signature.ts';
import { startFc } from './fc-stand-in.ts';
import type { Runner } from './fc-tasks.ts';
import { freshPostgres } from './postgres.ts';

const BUCKET = 'ft-datasets';
const PREFIX = 'all/';

/** At work until it is ended. */
const waits: Runner = (_, { signal }) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)));

/** `kind` is the protocol of the bucket, `run` what a task does. Null where no PostgreSQL answers. */
export const openCloud = async (kind: 's3' | 'oss', run = waits) => {
  const database = await freshPostgres();
  if (!database) return null;
  const bucket = await bucketServer(kind, { bucket: BUCKET });
  const account: Account = { account: '1234567890', id: 'LTAI-cloud', secret: 'its secret' };
  const fc = await startFc({ account, run });
  const endpoint = encodeURIComponent(bucket.url);
  const store = `${kind}://${BUCKET}/${PREFIX}?endpoint=${endpoint}&path_style=true&region=${kind === 's3' ? 'us-east-1' : 'cn-hangzhou'}`;
  const env = {
    DATABASE_URL: database.url,
    DROPTUNE_STORAGE: store,
    DROPTUNE_ADMIN_KEY: 'a-long-random-text',
    DROPTUNE_WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
    DROPTUNE_LAUNCHER: 'fc',
    DROPTUNE_FC_FUNCTION: fc.name,
    DROPTUNE_FC_INSTANCE_TYPE: 'fc.gpu.tesla.1',
    DROPTUNE_FC_ENDPOINT: fc.url,
    FC_ACCOUNT_ID: fc.account.account,
    FC_REGION: 'cn-hangzhou',
    ALIBABA_CLOUD_ACCESS_KEY_ID: fc.account.id,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: fc.account.secret,
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true', // nobody to ask here
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return {
    env,
    bucket,
    fc,
    /** as somebody uploads, with whatever program */
    upload: (path: string, content: string) =>
      void bucket.model.put(`${PREFIX}${keys.inbox('acme', path)}`, Buffer.from(content), {}),
    put: (path: string): Put => ({
      bucket: BUCKET,
      key: `${PREFIX}${keys.inbox('acme', path)}`,
      etag: 'e',
      bytes: 1,
    }),
    async close() {
      await bucket.close();
      await fc.close();
      await database.drop();
    },
  };
};
