/** What S3 and OSS say differently. */
import { crc32 } from 'node:zlib';
import { crc64Ecma } from '../../../shared/storage/crc64.ts';
import type { StoredObject } from './model.ts';
import { type Refusal, type Signed, verifyOss, verifyS3 } from './signatures.ts';

export type Dialect = {
  readonly verify: typeof verifyS3;
  /** of its own headers */
  readonly prefix: string;
  readonly condition: readonly [header: string, value: string];
  readonly exists: Refusal;
  readonly badDigest: string;
  readonly minPart: number;
  /** whether `encoding-type` is also that of the token of the next page */
  readonly encodesToken: boolean;
  etag(hex: string): string;
  sums(object: StoredObject, headers: Signed['headers']): Record<string, string>;
};

const base64Of = (n: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n);
  return bytes.toString('base64');
};
const ecmaOf = (bytes: Uint8Array): string => {
  const sum = crc64Ecma();
  sum.update(bytes);
  return String(sum.digest());
};

export const DIALECTS = {
  s3: {
    verify: verifyS3,
    prefix: 'x-amz-',
    condition: ['if-none-match', '*'],
    exists: [412, 'PreconditionFailed'],
    badDigest: 'BadDigest',
    minPart: 5 * 2 ** 20,
    encodesToken: false,
    etag: (hex) => `"${hex}"`,
    sums: ({ bytes }, headers) =>
      headers['x-amz-checksum-mode'] === 'ENABLED' && headers['range'] === undefined
        ? { 'x-amz-checksum-crc32': base64Of(crc32(bytes)), 'x-amz-checksum-type': 'FULL_OBJECT' }
        : {},
  },
  oss: {
    verify: verifyOss,
    prefix: 'x-oss-',
    condition: ['x-oss-forbid-overwrite', 'true'],
    exists: [409, 'FileAlreadyExists'],
    badDigest: 'InvalidDigest',
    minPart: 100 * 2 ** 10,
    encodesToken: true,
    etag: (hex) => `"${hex.toUpperCase()}"`,
    sums: ({ bytes }) => ({ 'x-oss-hash-crc64ecma': ecmaOf(bytes) }),
  },
} as const satisfies Record<string, Dialect>;
