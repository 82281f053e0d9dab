/** What a store says about the bytes of an object, held against the bytes that come. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc64Ecma, crc64Nvme } from './crc64.ts';
import { bytesOfPart, countParts } from './parts.ts';

export type Check = { update(bytes: Uint8Array): void; holds(): boolean };

const hash = (name: 'md5' | 'sha256', expected: string, encoding: 'hex' | 'base64'): Check => {
  const sum = createHash(name);
  return {
    update: (bytes) => void sum.update(bytes),
    holds: () => sum.digest(encoding) === expected,
  };
};

/** MD5 of the MD5s of the parts, whose sizes follow from the first one's. */
const partwise = (expected: string, first: number): Check => {
  const whole = createHash('md5');
  let n = 1;
  let part = createHash('md5');
  let room = bytesOfPart(first, n);
  return {
    update(bytes) {
      for (let at = 0; at < bytes.length;) {
        if (room === 0) {
          whole.update(part.digest());
          part = createHash('md5');
          room = bytesOfPart(first, (n += 1));
        }
        const piece = bytes.subarray(at, at + room);
        part.update(piece);
        room -= piece.length;
        at += piece.length;
      }
    },
    holds: () => whole.update(part.digest()).digest('hex') === expected,
  };
};

const crc64 = (make: typeof crc64Ecma, expected: bigint): Check => {
  const sum = make();
  return { update: (bytes) => sum.update(bytes), holds: () => sum.digest() === expected };
};

const crc32Of = (expected: string): Check => {
  let sum = 0;
  return {
    update: (bytes) => void (sum = crc32(bytes, sum)),
    holds: () => sum === Buffer.from(expected, 'base64').readUInt32BE(),
  };
};

export type Sums = {
  /** lower case, without quotes */
  readonly etag: string;
  /** whether the etag is made of MD5s: not where the store says so, nor where it encrypts with a key of its own */
  readonly etagIsMd5: boolean;
  /** bytes of the first part, where this code cut the object into parts */
  readonly partBytes?: number | undefined;
  /** decimal */
  readonly crc64Ecma?: string | undefined;
  /** base64; with a final `-2` they are sums of sums, of parts that only their writer knows */
  readonly sha256?: string | undefined;
  readonly crc64Nvme?: string | undefined;
  readonly crc32?: string | undefined;
};

const isWhole = (sum: string | undefined): sum is string => sum !== undefined && !/-\d+$/.test(sum);

/** A check by what the store says, `null` where it says nothing of the bytes. Made anew for every reading. */
export const checkOf = (sums: Sums, bytes: number): Check | null => {
  const { etag, etagIsMd5, partBytes, sha256, crc32: c32, crc64Nvme: c64 } = sums;
  if (isWhole(sha256)) return hash('sha256', sha256, 'base64');
  if (isWhole(c64)) return crc64(crc64Nvme, Buffer.from(c64, 'base64').readBigUInt64BE());
  if (isWhole(c32)) return crc32Of(c32);
  if (sums.crc64Ecma !== undefined) return crc64(crc64Ecma, BigInt(sums.crc64Ecma));
  if (etagIsMd5 && /^[0-9a-f]{32}$/.test(etag)) return hash('md5', etag, 'hex');
  // a copy that another program made keeps our meta data, but has parts of its own
  if (etagIsMd5 && partBytes !== undefined && etag.endsWith(`-${countParts(partBytes, bytes)}`))
    return partwise(etag.slice(0, 32), partBytes);
  return null;
};
