/** Alibaba Cloud OSS. Credentials come as `@alicloud/credentials` reads them: environment, OIDC role, profile, instance
 *  role, URI; session tokens renew themselves. */
import type { Readable } from 'node:stream';
import type OSS from 'ali-oss';
import { z } from 'zod';
import {
  type Bucket,
  bucketStorage,
  type ObjectRequests,
  type UploadRequests,
  type Tuning,
  TUNING,
} from './bucket.ts';
import type { ObjectInfo, Storage } from './driver.ts';
import { faultOf } from './fault.ts';
import { decodeKey, Flag, type Place } from './place.ts';

/** What may stand behind `?` in `oss://bucket/prefix?…`. */
export const OssOptions = z
  .strictObject({
    region: z
      .string()
      .regex(/^(oss-)?[a-z0-9-]+$/)
      .default('cn-hangzhou')
      .describe('of the bucket, e.g. cn-hangzhou: signatures name it'),
    endpoint: z
      .url()
      .optional()
      .describe('other than that of the region, e.g. https://oss-accelerate.aliyuncs.com'),
    internal: Flag.optional().describe('true = the endpoint inside of the region: free of charge from there'),
    path_style: Flag.optional().describe(
      'true = bucket in the path, for a store of your own; OSS refuses it',
    ),
    signature: z.enum(['v1', 'v4']).default('v4').describe('v1 for stores that do not know version 4'),
    kms: z.string().min(1).optional().describe('id of the KMS key that encrypts what is written'),
  })
  .refine(({ internal, endpoint }) => !internal || endpoint === undefined, {
    message: 'internal=true is the endpoint of the region: give no other endpoint',
  });
export type OssOptions = z.infer<typeof OssOptions>;

/** What the SDK takes and its types do not say. */
type Unsaid = { readonly sldEnable?: boolean; readonly retryMax?: number };

const connect = async (bucket: string, options: OssOptions, timeout: number): Promise<OSS> => {
  const [{ default: Client }, { DefaultCredentialsProvider }] = await Promise.all([
    import('ali-oss'),
    import('@alicloud/credentials'),
  ]);
  const chain = DefaultCredentialsProvider.builder().build();
  const fresh = async () => {
    const found = await chain.getCredentials().catch((error: Error) => {
      throw Object.assign(error, { name: 'CredentialsProviderError' }); // as the other SDK calls it
    });
    return {
      accessKeyId: found.accessKeyId ?? '',
      accessKeySecret: found.accessKeySecret ?? '',
      stsToken: found.securityToken ?? '',
    };
  };
  const { stsToken, ...key } = await fresh();
  // the chain keeps a token until shortly before its end, so it may be asked before every request
  const session = stsToken === '' ? {} : { stsToken, refreshSTSToken: fresh, refreshSTSTokenInterval: 0 };
  const { region, endpoint, internal = false, path_style = false, signature } = options;
  const all: OSS.Options & Unsaid = {
    ...key,
    ...session,
    bucket,
    region: `oss-${region.replace(/^oss-/, '')}`,
    internal,
    secure: true,
    authorizationV4: signature === 'v4',
    sldEnable: path_style,
    retryMax: 0, // requests are repeated in retry.ts
    timeout,
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  return new Client(all);
};

const TOKEN = 'x-oss-meta-droptune-token';

const bufferOf = (b: Uint8Array): Buffer => Buffer.from(b.buffer, b.byteOffset, b.byteLength);

const tagOf = (etag: unknown): string =>
  String(etag ?? '')
    .replaceAll('"', '')
    .toLowerCase();

type OssError = { readonly name?: string; readonly code?: string; readonly status?: number };

/** Without an answer, `code` is the name of an error and `status` is -1 or -2. */
const explain = (error: unknown) => {
  const { name, code, status } = error as OssError;
  return faultOf(code ?? name ?? 'Error', status !== undefined && status > 0 ? status : undefined);
};

/** The types know the headers of a request only by half. */
type Headers = Readonly<Record<string, string>>;

type Session = { readonly open: () => Promise<OSS>; readonly encryption: Headers };

const onObjects = ({ open, encryption }: Session): ObjectRequests => ({
  async put(key, { bytes, md5, type, mark, fresh }) {
    const condition: Headers = fresh ? { 'x-oss-forbid-overwrite': 'true' } : {};
    const headers = { ...encryption, ...condition, [TOKEN]: mark.token, 'Content-MD5': md5 };
    await (await open()).put(key, bufferOf(bytes), { mime: type, headers });
  },
  async get(key, from) {
    const client = await open();
    const headers: Headers = from > 0 ? { Range: `bytes=${from}-` } : {};
    const { stream, res } = await client.getStream(key, { headers }).catch(async (error: OssError) => {
      // of a failed stream the SDK drops what the store says: the same again, read to its end, tells the reason
      if (error.status !== 404) await client.get(key, { headers: { Range: 'bytes=0-0' } });
      throw error;
    });
    const found = res.headers as Headers;
    const total = /\/(\d+)$/.exec(found['content-range'] ?? '')?.[1] ?? found['content-length'];
    // an etag may be anything here, but there is a CRC of every object
    const sums = {
      etag: tagOf(found['etag']),
      etagIsMd5: false,
      crc64Ecma: found['x-oss-hash-crc64ecma'],
    };
    return { body: stream as Readable, bytes: Number(total), sums };
  },
  async head(key) {
    const { res } = await (await open()).head(key);
    const headers = res.headers as Headers;
    const { etag, 'content-length': length } = headers;
    return { bytes: Number(length), tag: tagOf(etag), token: headers[TOKEN] ?? null };
  },
  async remove(key) {
    await (await open()).delete(key);
  },
  async page(start, after) {
    const query = {
      prefix: start,
      'max-keys': '1000',
      'encoding-type': 'url' as const,
      ...(after === undefined ? {} : { 'continuation-token': after }),
    };
    const page = await (await open()).listV2(query);
    const objects = page.objects.map(({ name, size, etag }): ObjectInfo => ({
      key: decodeKey(name),
      bytes: size,
      tag: tagOf(etag),
    }));
    // unlike on S3 `encoding-type` is that of the token too, and the SDK leaves it so
    const next = page.isTruncated ? decodeKey(page.nextContinuationToken) : undefined;
    return { objects, count: page.keyCount, next };
  },
});

const onUploads = ({ open, encryption }: Session): UploadRequests => ({
  async begin(key, { type, mark }) {
    const headers = { ...encryption, [TOKEN]: mark.token };
    const { uploadId } = await (await open()).initMultipartUpload(key, { mime: type, headers });
    return uploadId ?? '';
  },
  async part(key, uploadId, partNumber, { bytes, md5 }) {
    // `uploadPart` takes files only; a part is a put with two more parameters
    const options = { headers: { 'Content-MD5': md5 }, subres: { partNumber, uploadId } };
    const { res } = await (await open()).put(key, bufferOf(bytes), options);
    return (res.headers as Headers)['etag'] ?? '';
  },
  async complete(key, upload, etags) {
    const parts = etags.map((etag, i) => ({ etag, number: i + 1 }));
    await (await open()).completeMultipartUpload(key, upload, parts);
  },
  async abort(key, upload) {
    await (await open()).abortMultipartUpload(key, upload);
  },
});

const ossBucket = ({ bucket, prefix, uri }: Place, options: OssOptions, tuning: Tuning): Bucket => {
  let connection: Promise<OSS> | null = null;
  const renew = () => void (connection = null);
  const open = (): Promise<OSS> =>
    (connection ??= connect(bucket, options, tuning.request_ms).catch((error: unknown) => {
      renew();
      throw error;
    }));
  const encryption: Headers =
    options.kms === undefined
      ? {}
      : { 'x-oss-server-side-encryption': 'KMS', 'x-oss-server-side-encryption-key-id': options.kms };
  const session: Session = { open, encryption };
  return {
    name: 'oss',
    uri,
    prefix,
    tagIsDigest: options.kms === undefined,
    ...onObjects(session),
    ...onUploads(session),
    async presign(key, method, seconds) {
      const client = await open();
      return options.signature === 'v4'
        ? client.signatureUrlV4(method, seconds, undefined, key)
        : client.signatureUrl(key, { method, expires: seconds });
    },
    fault: explain,
    renew,
  };
};

/** Throws nothing here: the SDK is loaded, and a credential looked for, at the first request. */
export const ossStorage = (place: Place, options: OssOptions, tuning: Tuning = TUNING): Storage =>
  bucketStorage(ossBucket(place, options, tuning), tuning);
