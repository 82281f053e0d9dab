/** What a test asks of Ceph beside objects: buckets, notifications, and what its second user may do. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';

const SERVICE = { accessKeyId: 'servicekey', secretAccessKey: 'servicesecret' };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** A signed form to the gateway's topics, which speak as SNS does. */
const postForm = async (endpoint: string, form: Record<string, string>): Promise<string> => {
  const body = new URLSearchParams(form).toString();
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const { host } = new URL(endpoint);
  const scope = [date.slice(0, 8), 'us-east-1', 'sns', 'aws4_request'];
  const canonical = [
    'POST',
    '/',
    '',
    `host:${host}`,
    `x-amz-date:${date}`,
    '',
    'host;x-amz-date',
    sha256(body),
  ];
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical.join('\n'))].join('\n');
  let key: string | Buffer = `AWS4${SERVICE.secretAccessKey}`;
  for (const step of scope) key = hmac(key, step);
  const signature = hmac(key, text).toString('hex');
  const credential = `${SERVICE.accessKeyId}/${scope.join('/')}`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'x-amz-date': date,
      'content-type': 'application/x-www-form-urlencoded',
      'x-amz-content-sha256': sha256(body),
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    },
    body,
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.text();
};

export type Ceph = {
  readonly bucket: string;
  /** Tells `url` of every object made below the prefix. */
  notify(prefix: string, url: string): Promise<void>;
  /** What the second user may do, and nothing else: actions on keys, with `*` at their end. */
  allow(
    rules: readonly { readonly actions: readonly string[]; readonly keys: readonly string[] }[],
  ): Promise<void>;
};

/** A new bucket of the first user. */
export const cephBucket = async (endpoint: string): Promise<Ceph> => {
  const bucket = `ft-${randomBytes(4).toString('hex')}`;
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: SERVICE });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    bucket,
    async notify(prefix, url) {
      const said = await postForm(endpoint, {
        Action: 'CreateTopic',
        Name: bucket,
        'Attributes.entry.1.key': 'push-endpoint',
        'Attributes.entry.1.value': url,
      });
      const TopicArn = /<TopicArn>([^<]+)/.exec(said)?.[1];
      const Filter = { Key: { FilterRules: [{ Name: 'prefix' as const, Value: prefix }] } };
      const TopicConfigurations = [
        { Id: 'ingest', TopicArn, Events: ['s3:ObjectCreated:*' as const], Filter },
      ];
      await client.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket: bucket,
          NotificationConfiguration: { TopicConfigurations },
        }),
      );
    },
    async allow(rules) {
      // an object belongs to the user who put it, not to the bucket's: the first one would not see what the second made
      const owner = {
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam:::user/service'] },
        Action: ['s3:*'],
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      };
      const worker = rules.map(({ actions, keys }) => ({
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam:::user/worker'] },
        Action: actions,
        Resource: keys.map((key) => `arn:aws:s3:::${bucket}/${key}`),
      }));
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [owner, ...worker] });
      await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    },
  };
};
