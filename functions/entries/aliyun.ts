/** Alibaba Cloud Function Compute 3, Node.js runtime: an event is a Buffer. `api` has an HTTP trigger; `ingest` hears OSS by
 *  its own trigger, EventBridge or SMQ; `sweep` has a timer of a minute; `initialize` is the initializer of each. */
import { parseBody } from '../events/index.ts';
import { receive } from '../receive.ts';
import { cloudService, minute, work } from './service/cloud.ts';
import { answer, type FcHttpEvent } from './service/fc-http.ts';

type FcContext = {
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly securityToken: string;
  };
};

const service = cloudService(process.env, ['oss', 'file']);

/** The role's credential is fresh in every call, and only there: instances live longer than tokens. */
const renew = ({ credentials }: FcContext): void => {
  if (!credentials?.accessKeyId) return;
  process.env['ALIBABA_CLOUD_ACCESS_KEY_ID'] = credentials.accessKeyId;
  process.env['ALIBABA_CLOUD_ACCESS_KEY_SECRET'] = credentials.accessKeySecret;
  process.env['ALIBABA_CLOUD_SECURITY_TOKEN'] = credentials.securityToken;
};

export const initialize = async (context: FcContext): Promise<void> => {
  renew(context);
  await service.use(async () => undefined);
};

export const api = (event: Buffer, context: FcContext) => {
  renew(context);
  return service.use(({ app }) => answer(app, JSON.parse(event.toString()) as FcHttpEvent));
};

export const ingest = (event: Buffer, context: FcContext) => {
  renew(context);
  return service.use(async ({ deps }) => {
    const received = await receive(deps, parseBody(event.toString()));
    await work(deps);
    return JSON.stringify(received.map(({ key, outcome }) => ({ key, outcome: outcome.kind })));
  });
};

export const sweep = (_event: Buffer, context: FcContext) => {
  renew(context);
  return service.use(async ({ deps }) => JSON.stringify(await minute(deps)));
};
