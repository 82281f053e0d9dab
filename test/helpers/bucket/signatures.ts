/** Checks signatures from the pages of the vendors, with nothing of their SDKs.
 *  https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 *  https://help.aliyun.com/zh/oss/developer-reference/recommend-to-use-signature-version-4
 *  https://help.aliyun.com/zh/oss/developer-reference/include-signatures-in-the-authorization-header */
import { createHash, createHmac } from 'node:crypto';

export type Signed = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly bucket: string;
  readonly key: string;
};
export type Key = { readonly secret: string; readonly token?: string | undefined; expired?: boolean };
export type Keyring = ReadonlyMap<string, Key>;
export type Refusal = readonly [status: number, code: string];

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const encodePath = (path: string): string => path.split('/').map(encode).join('/');
const byCode = ([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number =>
  a < b ? -1 : 1;

/** `20260131T101112Z` → ms */
const parseStamp = (stamp: string): number =>
  Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
const SKEW_MS = 15 * 60_000;

type When = { readonly now: number; readonly at: number; readonly seconds: number | null };
const checkTime = ({ now, at, seconds }: When): Refusal | null => {
  if (Number.isNaN(at)) return [403, 'AccessDenied'];
  if (seconds !== null) return now > at + seconds * 1000 ? [403, 'AccessDenied'] : null;
  return Math.abs(now - at) > SKEW_MS ? [403, 'RequestTimeTooSkewed'] : null;
};

const checkToken = (key: Key, token: string | null | undefined, expired: string): Refusal | null => {
  if ((token ?? undefined) !== key.token) return [403, 'InvalidAccessKeyId'];
  return key.expired ? [expired === 'ExpiredToken' ? 400 : 403, expired] : null;
};

const MISMATCH: Refusal = [403, 'SignatureDoesNotMatch'];

/** Headers or query of Signature Version 4. */
const partsOfV4 = ({ url, headers }: Signed) => {
  const query = url.searchParams;
  const presigned = query.has('X-Amz-Signature');
  const auth =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers['authorization'] ?? '',
    );
  if (!presigned && !auth) return null;
  return {
    credential: (presigned ? query.get('X-Amz-Credential') : auth?.[1]) ?? '',
    names: ((presigned ? query.get('X-Amz-SignedHeaders') : auth?.[2]) ?? '').split(';'),
    signature: presigned ? query.get('X-Amz-Signature') : auth?.[3],
    stamp: (presigned ? query.get('X-Amz-Date') : headers['x-amz-date']) ?? '',
    token: presigned ? query.get('X-Amz-Security-Token') : headers['x-amz-security-token'],
    seconds: presigned ? Number(query.get('X-Amz-Expires')) : null,
    payload: presigned ? 'UNSIGNED-PAYLOAD' : (headers['x-amz-content-sha256'] ?? ''),
  };
};

export const verifyS3 = (request: Signed, keyring: Keyring, now: number): Refusal | null => {
  const { method, url, headers, body } = request;
  const parts = partsOfV4(request);
  if (!parts) return [403, 'AccessDenied'];
  const [id = '', ...scope] = parts.credential.split('/');
  const key = keyring.get(id);
  if (!key) return [403, 'InvalidAccessKeyId'];
  const unsigned = Object.keys(headers).filter((n) => n.startsWith('x-amz-') && !parts.names.includes(n));
  if (unsigned.length > 0 || !parts.names.includes('host')) return [403, 'AccessDenied'];
  if (parts.payload !== 'UNSIGNED-PAYLOAD' && parts.payload !== sha256(body))
    return [400, 'XAmzContentSHA256Mismatch'];

  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted(byCode);
  const canonical = [
    method,
    encodePath(decodeURIComponent(url.pathname)),
    query.map(([name, value]) => `${name}=${value}`).join('&'),
    ...parts.names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    parts.names.join(';'),
    parts.payload,
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', parts.stamp, scope.join('/'), sha256(canonical)].join('\n');
  let signer: string | Buffer = `AWS4${key.secret}`;
  for (const step of scope) signer = hmac(signer, step);
  if (hmac(signer, text).toString('hex') !== parts.signature) return MISMATCH;
  return (
    checkToken(key, parts.token, 'ExpiredToken') ??
    checkTime({ now, at: parseStamp(parts.stamp), seconds: parts.seconds })
  );
};

const resourceOf = ({ bucket, key }: Signed): string => `/${bucket === '' ? '' : `${bucket}/`}${key}`;

const verifyOssV4 = (request: Signed, keyring: Keyring, now: number): Refusal | null => {
  const { method, url, headers } = request;
  const query = url.searchParams;
  const presigned = query.has('x-oss-signature');
  const auth =
    /^OSS4-HMAC-SHA256 Credential=([^,]+),(?:AdditionalHeaders=([^,]+),)?Signature=([0-9a-f]{64})$/;
  const [, credential = '', more = '', signature] = presigned
    ? [
        '',
        query.get('x-oss-credential') ?? '',
        query.get('x-oss-additional-headers') ?? '',
        query.get('x-oss-signature'),
      ]
    : (auth.exec(headers['authorization'] ?? '') ?? []);
  const [id = '', ...scope] = credential.split('/');
  const key = keyring.get(id);
  if (!key) return [403, 'InvalidAccessKeyId'];
  const stamp = (presigned ? query.get('x-oss-date') : headers['x-oss-date']) ?? '';

  const additional = more.split(';').filter((name) => name !== '');
  const names = Object.keys(headers).filter(
    (name) =>
      name === 'content-type' ||
      name === 'content-md5' ||
      name.startsWith('x-oss-') ||
      additional.includes(name),
  );
  const pairs = [...query]
    .filter(([name]) => name !== 'x-oss-signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted(byCode);
  const canonical = [
    method,
    encodePath(resourceOf(request)),
    pairs.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&'),
    names
      .toSorted()
      .map((name) => `${name}:${headers[name]!.trim()}\n`)
      .join(''),
    additional.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const text = ['OSS4-HMAC-SHA256', stamp, scope.join('/'), sha256(canonical)].join('\n');
  let signer: string | Buffer = `aliyun_v4${key.secret}`;
  for (const step of scope) signer = hmac(signer, step);
  if (hmac(signer, text).toString('hex') !== signature) return MISMATCH;
  const token = presigned ? query.get('x-oss-security-token') : headers['x-oss-security-token'];
  const seconds = presigned ? Number(query.get('x-oss-expires')) : null;
  return checkToken(key, token, 'SecurityTokenExpired') ?? checkTime({ now, at: parseStamp(stamp), seconds });
};

/** Parameters that belong to the resource of version 1. */
const SUBRESOURCES = new Set(['uploads', 'uploadId', 'partNumber', 'continuation-token', 'security-token']);

const verifyOssV1 = (request: Signed, keyring: Keyring, now: number): Refusal | null => {
  const { method, url, headers } = request;
  const query = url.searchParams;
  const presigned = query.has('Signature');
  const [, id = '', signature = ''] = presigned
    ? ['', query.get('OSSAccessKeyId') ?? '', query.get('Signature') ?? '']
    : (/^OSS ([^:]+):(.+)$/.exec(headers['authorization'] ?? '') ?? []);
  const key = keyring.get(id);
  if (!key) return [403, 'InvalidAccessKeyId'];
  const date = (presigned ? query.get('Expires') : (headers['x-oss-date'] ?? headers['date'])) ?? '';
  const own = Object.keys(headers)
    .filter((name) => name.startsWith('x-oss-'))
    .toSorted()
    .map((name) => `${name}:${headers[name]!.trim()}`);
  const sub = [...query]
    .filter(([name]) => SUBRESOURCES.has(name))
    .toSorted(byCode)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&');
  const resource = resourceOf(request) + (sub === '' ? '' : `?${sub}`);
  const text = [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    date,
    ...own,
    resource,
  ].join('\n');
  if (createHmac('sha1', key.secret).update(text).digest('base64') !== signature) return MISMATCH;
  const token = presigned ? query.get('security-token') : headers['x-oss-security-token'];
  const at = presigned ? Number(date) * 1000 : Date.parse(date);
  return (
    checkToken(key, token, 'SecurityTokenExpired') ?? checkTime({ now, at, seconds: presigned ? 0 : null })
  );
};

export const verifyOss = (request: Signed, keyring: Keyring, now: number): Refusal | null => {
  const { url, headers } = request;
  const isV4 =
    url.searchParams.has('x-oss-signature') || headers['authorization']?.startsWith('OSS4-HMAC-SHA256');
  return isV4 ? verifyOssV4(request, keyring, now) : verifyOssV1(request, keyring, now);
};
