/** S3 and what speaks its protocol. Credentials come as the SDK's default chain reads them: environment, profile, web
 *  identity, container, instance. */
import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput, S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { z } from 'zod';
import {
  type Bucket,
  bucketStorage,
  type ObjectRequests,
  type UploadRequests,
  type Mark,
  type Put,
  type Tuning,
  TUNING,
} from './bucket.ts';
import type { Sums } from './digest.ts';
import type { ObjectInfo, Storage } from './driver.ts';
import { faultOf } from './fault.ts';
import { decodeKey, Flag, type Place } from './place.ts';

/** What may stand behind `?` in `s3://bucket/prefix?…`. */
export const S3Options = z.strictObject({
  region: z.string().min(1).optional().describe('of the bucket; absent = as the SDK finds it'),
  endpoint: z.url().optional().describe('of a store other than AWS, e.g. https://minio.example.com:9000'),
  path_style: Flag.optional().describe('bucket in the path; absent = true with an endpoint, else false'),
  kms: z.string().min(1).optional().describe('id, ARN or alias of the KMS key that encrypts what is written'),
});
export type S3Options = z.infer<typeof S3Options>;

const connect = async ({ region, endpoint, path_style }: S3Options, request_ms: number) => {
  const [sdk, { getSignedUrl }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/s3-request-presigner'),
  ]);
  const config: S3ClientConfig = {
    maxAttempts: 1, // requests are repeated in retry.ts
    forcePathStyle: path_style ?? endpoint !== undefined,
    // digests are our own: not every store knows the SDK's trailers, and a presigned URL must not want one
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 10_000, socketTimeout: request_ms },
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { region: region ?? 'us-east-1', endpoint }),
  };
  const client = new sdk.S3Client(config);
  // the store's own sums come only when asked for
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        if (commandName === 'GetObjectCommand') headers['x-amz-checksum-mode'] = 'ENABLED';
        return next(args);
      },
    { step: 'build', name: 'askForSums' },
  );
  return { sdk, client, getSignedUrl };
};

const TOKEN = 'droptune-token';
const PART_BYTES = 'droptune-part-bytes';

const metadataOf = ({ token, part_bytes }: Mark): Record<string, string> => ({
  [TOKEN]: token,
  ...(part_bytes === undefined ? {} : { [PART_BYTES]: String(part_bytes) }),
});

const tagOf = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '').toLowerCase();

const ENCRYPTED = /^aws:kms/;

const sumsOf = (got: GetObjectCommandOutput): Sums => ({
  etag: tagOf(got.ETag),
  etagIsMd5: !ENCRYPTED.test(got.ServerSideEncryption ?? '') && got.SSECustomerAlgorithm === undefined,
  partBytes: Number(got.Metadata?.[PART_BYTES]) || undefined,
  sha256: got.ChecksumSHA256,
  crc64Nvme: got.ChecksumCRC64NVME,
  crc32: got.ChecksumCRC32,
});

const totalOf = ({ ContentRange, ContentLength }: GetObjectCommandOutput): number =>
  Number(/\/(\d+)$/.exec(ContentRange ?? '')?.[1] ?? ContentLength);

type AwsError = {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly Code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
};

const explain = (error: unknown) => {
  const { name, message, code, Code, $metadata } = error as AwsError;
  if (message === 'Region is missing') return faultOf('NoRegion', undefined);
  const status = $metadata?.httpStatusCode;
  return faultOf(Code ?? (status === undefined ? code : name) ?? name ?? 'Error', status);
};

type Session = {
  readonly Bucket: string;
  readonly open: () => ReturnType<typeof connect>;
  /** what is said when an object is made */
  readonly created: (put: Pick<Put, 'type' | 'mark'>) => object;
};

const onObjects = ({ Bucket, open, created }: Session): ObjectRequests => ({
  async put(Key, { bytes, md5, fresh, ...rest }) {
    const { sdk, client } = await open();
    const condition = fresh ? { IfNoneMatch: '*' } : {};
    await client.send(
      new sdk.PutObjectCommand({
        Bucket,
        Key,
        Body: bytes,
        ContentMD5: md5,
        ...created(rest),
        ...condition,
      }),
    );
  },
  async get(Key, from) {
    const { sdk, client } = await open();
    const range = from > 0 ? { Range: `bytes=${from}-` } : {};
    const got = await client.send(new sdk.GetObjectCommand({ Bucket, Key, ...range }));
    return { body: got.Body as Readable, bytes: totalOf(got), sums: sumsOf(got) };
  },
  async head(Key) {
    const { sdk, client } = await open();
    const { ContentLength, ETag, Metadata } = await client.send(new sdk.HeadObjectCommand({ Bucket, Key }));
    return { bytes: ContentLength ?? 0, tag: tagOf(ETag), token: Metadata?.[TOKEN] ?? null };
  },
  async remove(Key) {
    const { sdk, client } = await open();
    await client.send(new sdk.DeleteObjectCommand({ Bucket, Key }));
  },
  async page(Prefix, after) {
    const { sdk, client } = await open();
    const token = after === undefined ? {} : { ContinuationToken: after };
    const page = await client.send(
      new sdk.ListObjectsV2Command({ Bucket, Prefix, EncodingType: 'url', ...token }),
    );
    const objects = (page.Contents ?? []).map(({ Key = '', Size = 0, ETag }): ObjectInfo => ({
      key: page.EncodingType === 'url' ? decodeKey(Key) : Key,
      bytes: Size,
      tag: tagOf(ETag),
    }));
    const next = page.IsTruncated ? page.NextContinuationToken : undefined;
    return { objects, count: page.KeyCount, next };
  },
});

const onUploads = ({ Bucket, open, created }: Session): UploadRequests => ({
  async begin(Key, put) {
    const { sdk, client } = await open();
    const { UploadId } = await client.send(
      new sdk.CreateMultipartUploadCommand({ Bucket, Key, ...created(put) }),
    );
    return UploadId ?? '';
  },
  async part(Key, UploadId, PartNumber, { bytes, md5 }) {
    const { sdk, client } = await open();
    const { ETag } = await client.send(
      new sdk.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: bytes, ContentMD5: md5 }),
    );
    return ETag ?? '';
  },
  async complete(Key, UploadId, etags) {
    const { sdk, client } = await open();
    const Parts = etags.map((ETag, i) => ({ ETag, PartNumber: i + 1 }));
    await client.send(
      new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    );
  },
  async abort(Key, UploadId) {
    const { sdk, client } = await open();
    await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  },
});

const s3Bucket = ({ bucket, prefix, uri }: Place, options: S3Options, tuning: Tuning): Bucket => {
  let connection: ReturnType<typeof connect> | null = null;
  const open = () => (connection ??= connect(options, tuning.request_ms));
  const encryption =
    options.kms === undefined ? {} : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: options.kms };
  const session: Session = {
    Bucket: bucket,
    open,
    created: ({ type, mark }) => ({ ContentType: type, Metadata: metadataOf(mark), ...encryption }),
  };
  return {
    name: 's3',
    uri,
    prefix,
    tagIsDigest: options.kms === undefined,
    ...onObjects(session),
    ...onUploads(session),
    async presign(Key, method, seconds) {
      const { sdk, client, getSignedUrl } = await open();
      const input = { Bucket: bucket, Key };
      const command = method === 'GET' ? new sdk.GetObjectCommand(input) : new sdk.PutObjectCommand(input);
      return getSignedUrl(client as S3Client, command, { expiresIn: seconds });
    },
    fault: explain,
    renew: () => (connection = null),
  };
};

/** Throws nothing here: the SDK is loaded, and a credential looked for, at the first request. */
export const s3Storage = (place: Place, options: S3Options, tuning: Tuning = TUNING): Storage =>
  bucketStorage(s3Bucket(place, options, tuning), tuning);
