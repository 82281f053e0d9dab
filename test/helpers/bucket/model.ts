/** Objects and uploads of one bucket, in memory. */
import { createHash } from 'node:crypto';

export type StoredObject = {
  readonly bytes: Buffer;
  /** hex, with the number of parts behind a dash */
  readonly etag: string;
  /** what came with the put and goes out with the object: type, meta data */
  readonly headers: Readonly<Record<string, string>>;
};
type Upload = {
  readonly key: string;
  readonly headers: StoredObject['headers'];
  readonly parts: Map<number, { readonly bytes: Buffer; readonly etag: string }>;
};
export type Listed = readonly [key: string, object: StoredObject];

export type BucketModel = ReturnType<typeof bucketModel>;

const md5 = (bytes: Uint8Array): Buffer => createHash('md5').update(bytes).digest();

/** Stores list keys by their UTF-8 bytes. */
const inByteOrder = (keys: Iterable<string>): string[] =>
  [...keys]
    .map((key) => [key, Buffer.from(key)] as const)
    .toSorted(([, a], [, b]) => a.compare(b))
    .map(([key]) => key);

/** `minPart`: smallest part but the last. */
export const bucketModel = ({ minPart }: { minPart: number }) => {
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, Upload>();
  let sorted: string[] | null = null;
  let serial = 0;
  const set = (key: string, object: StoredObject): StoredObject => {
    if (!objects.has(key)) sorted = null;
    objects.set(key, object);
    return object;
  };
  return {
    objects,
    uploads,
    put: (key: string, bytes: Buffer, headers: StoredObject['headers']) =>
      set(key, { bytes, etag: md5(bytes).toString('hex'), headers }),
    remove(key: string): void {
      if (objects.delete(key)) sorted = null;
    },
    /** At most `max` objects behind the key `after`, and whether there are more. */
    list(prefix: string, after: string, max: number): { page: Listed[]; more: boolean } {
      sorted ??= inByteOrder(objects.keys());
      const from = after === '' ? 0 : sorted.indexOf(after) + 1;
      const found: string[] = [];
      for (let i = from; i < sorted.length && found.length <= max; i++)
        if (sorted[i]!.startsWith(prefix)) found.push(sorted[i]!);
      return {
        page: found.slice(0, max).map((key) => [key, objects.get(key)!]),
        more: found.length > max,
      };
    },
    begin(key: string, headers: StoredObject['headers']): string {
      const id = `upload-${(serial += 1)}`;
      uploads.set(id, { key, headers, parts: new Map() });
      return id;
    },
    part(id: string, n: number, bytes: Buffer): string | null {
      const etag = md5(bytes).toString('hex');
      return uploads.get(id)?.parts.set(n, { bytes, etag }) ? etag : null;
    },
    /** The code of the refusal, or the new object. */
    complete(id: string, wanted: readonly { n: number; etag: string }[]): string | StoredObject {
      const upload = uploads.get(id);
      if (!upload) return 'NoSuchUpload';
      const parts = wanted.map(({ n }) => upload.parts.get(n));
      if (parts.some((part, i) => part?.etag !== wanted[i]!.etag) || parts.length === 0) return 'InvalidPart';
      const bodies = parts.map((part) => part!.bytes);
      if (bodies.slice(0, -1).some((body) => body.length < minPart)) return 'EntityTooSmall';
      uploads.delete(id);
      const etag = md5(Buffer.concat(bodies.map(md5))).toString('hex');
      return set(upload.key, {
        bytes: Buffer.concat(bodies),
        etag: `${etag}-${bodies.length}`,
        headers: upload.headers,
      });
    },
    abort: (id: string): boolean => uploads.delete(id),
    clear(): void {
      objects.clear();
      uploads.clear();
      sorted = null;
    },
  };
};
