/** A bucket of S3 or of OSS in this process: real HTTP on loopback, signatures verified, path style. */
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Dialect, DIALECTS } from './dialects.ts';
import { bucketModel, type BucketModel, type StoredObject } from './model.ts';
import type { Key, Refusal, Signed } from './signatures.ts';

export type BucketServer = {
  readonly url: string;
  readonly model: BucketModel;
  /** access key id → its secret */
  readonly keys: Map<string, Key>;
  /** at most so many on a page of a listing, whatever is asked for */
  pageKeys: number;
  /** whether it heeds the condition of a conditional put */
  conditions: boolean;
  /** what the server takes for the time */
  clock: () => number;
  /** whether this request is allowed */
  policy: (request: Signed) => boolean;
  readonly seen: Signed[];
  close(): Promise<void>;
};

type Answer = {
  readonly status: number;
  readonly headers?: Record<string, string | number>;
  readonly body?: Uint8Array | string;
};

const xml = (text: string): string =>
  text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]!);
const refuse = ([status, code]: Refusal): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>The answer is ${code}.</Message></Error>`,
});
const document = (root: string, content: string): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><${root}>${content}</${root}>`,
});

const keptHeaders = ({ headers }: Signed, { prefix }: Dialect): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => name === 'content-type' || name.startsWith(`${prefix}meta-`)),
  );

const listing = ({ url }: Signed, { model, pageKeys }: BucketServer, dialect: Dialect): Answer => {
  const { etag, encodesToken } = dialect;
  const query = url.searchParams;
  const token = query.get('continuation-token') ?? '';
  const after = Buffer.from(token, 'base64').toString();
  if (Buffer.from(after).toString('base64') !== token) return refuse([400, 'InvalidArgument']);
  const { page, more } = model.list(query.get('prefix') ?? '', after, pageKeys);
  const name = query.get('encoding-type') === 'url' ? encodeURIComponent : xml;
  const behind = more ? Buffer.from(page.at(-1)![0]).toString('base64') : null;
  const next = behind !== null && encodesToken ? name(behind) : behind;
  return document(
    'ListBucketResult',
    [
      `<EncodingType>${query.get('encoding-type') ?? ''}</EncodingType>`,
      `<KeyCount>${page.length}</KeyCount><IsTruncated>${more}</IsTruncated>`,
      next === null ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`,
      ...page.map(
        ([key, { bytes, etag: hex }]) =>
          `<Contents><Key>${name(key)}</Key><ETag>${etag(hex)}</ETag><Size>${bytes.length}</Size></Contents>`,
      ),
    ].join(''),
  );
};

const object = ({ method, headers }: Signed, stored: StoredObject, dialect: Dialect): Answer => {
  const { bytes } = stored;
  const fixed = {
    ...stored.headers,
    ...dialect.sums(stored, headers),
    etag: dialect.etag(stored.etag),
    'accept-ranges': 'bytes',
  };
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers['range'] ?? '') ?? [];
  if (from === '')
    return {
      status: 200,
      headers: { ...fixed, 'content-length': bytes.length },
      ...(method === 'GET' ? { body: bytes } : {}),
    };
  if (Number(from) >= bytes.length) return refuse([416, 'InvalidRange']);
  const body = bytes.subarray(Number(from), to === '' ? bytes.length : Number(to) + 1);
  const range = `bytes ${from}-${Number(from) + body.length - 1}/${bytes.length}`;
  return {
    status: 206,
    headers: { ...fixed, 'content-length': body.length, 'content-range': range },
    body,
  };
};

const wantedParts = (body: Uint8Array): { n: number; etag: string }[] =>
  [
    ...Buffer.from(body)
      .toString()
      .matchAll(/<Part>([\s\S]*?)<\/Part>/g),
  ].map(([, part = '']) => ({
    n: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
    etag: (/<ETag>([^<]*)</.exec(part)?.[1] ?? '').replace(/"|&quot;/g, '').toLowerCase(),
  }));

const upload = (request: Signed, model: BucketModel, dialect: Dialect): Answer => {
  const { method, url, key, body } = request;
  const query = url.searchParams;
  const id = query.get('uploadId') ?? '';
  if (query.has('uploads')) {
    const begun = model.begin(key, keptHeaders(request, dialect));
    return document('InitiateMultipartUploadResult', `<Key>${xml(key)}</Key><UploadId>${begun}</UploadId>`);
  }
  if (method === 'PUT') {
    const etag = model.part(id, Number(query.get('partNumber')), Buffer.from(body));
    return etag === null
      ? refuse([404, 'NoSuchUpload'])
      : { status: 200, headers: { etag: dialect.etag(etag) } };
  }
  if (method === 'DELETE') return model.abort(id) ? { status: 204 } : refuse([404, 'NoSuchUpload']);
  const done = model.complete(id, wantedParts(body));
  if (typeof done === 'string') return refuse([done === 'NoSuchUpload' ? 404 : 400, done]);
  return document('CompleteMultipartUploadResult', `<ETag>${dialect.etag(done.etag)}</ETag>`);
};

const answer = (request: Signed, server: BucketServer, dialect: Dialect): Answer => {
  const { model } = server;
  const { method, url, headers, key, body } = request;
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64'))
    return refuse([400, dialect.badDigest]);
  if (key === '')
    return method === 'GET' ? listing(request, server, dialect) : refuse([501, 'NotImplemented']);
  if (url.searchParams.has('uploads') || url.searchParams.has('uploadId'))
    return upload(request, model, dialect);
  const stored = model.objects.get(key);
  if (method === 'PUT') {
    const [condition, value] = dialect.condition;
    if (server.conditions && stored && headers[condition] === value) return refuse(dialect.exists);
    const { etag } = model.put(key, Buffer.from(body), keptHeaders(request, dialect));
    return { status: 200, headers: { etag: dialect.etag(etag) } };
  }
  if (method === 'DELETE') {
    model.remove(key);
    return { status: 204 };
  }
  return stored ? object(request, stored, dialect) : refuse([404, 'NoSuchKey']);
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const parse = async (incoming: IncomingMessage): Promise<Signed> => {
  const body = await bodyOf(incoming);
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(url.pathname) ?? [];
  return {
    method: incoming.method ?? '',
    url,
    headers: incoming.headers as Record<string, string>,
    body,
    bucket: decodeURIComponent(bucket),
    key: decodeURIComponent(key),
  };
};

export const bucketServer = async (
  kind: keyof typeof DIALECTS,
  { bucket, minPart }: { bucket: string; minPart?: number },
): Promise<BucketServer> => {
  const dialect: Dialect = DIALECTS[kind];
  const model = bucketModel({ minPart: minPart ?? dialect.minPart });
  const decide = (request: Signed): Answer => {
    const refusal = dialect.verify(request, shared.keys, shared.clock());
    if (refusal) return refuse(refusal);
    if (request.bucket !== bucket) return refuse([404, 'NoSuchBucket']);
    return shared.policy(request) ? answer(request, shared, dialect) : refuse([403, 'AccessDenied']);
  };
  const respond = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await parse(incoming);
    shared.seen.push({ ...request, body: new Uint8Array() });
    const { status, headers = {}, body = '' } = decide(request);
    // the answer to a HEAD has headers only
    const length = headers['content-length'] ?? Buffer.byteLength(body);
    const date = new Date(shared.clock()).toUTCString();
    response.writeHead(status, { date, ...headers, ...(status === 204 ? {} : { 'content-length': length }) });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const server = createServer((incoming, response) => {
    respond(incoming, response).catch(() => response.destroy()); // the request broke off
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const shared: BucketServer = {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    model,
    keys: new Map([['id', { secret: 'secret' }]]),
    pageKeys: 1000,
    conditions: true,
    clock: Date.now,
    policy: () => true,
    seen: [],
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return shared;
};
