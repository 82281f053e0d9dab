/** The processes of `bench stream`: `serve BYTES` is a bucket, `put|get URI BYTES` a reader or writer that measures itself. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { crc64Ecma } from '../../shared/storage/crc64.ts';
import { openStorage } from '../../shared/storage/index.ts';

const CHUNK = 64 * 1024; // as files are read
const BLOCK = Buffer.from(Uint8Array.from({ length: 2 ** 20 }, (_, i) => (i * 2654435761) >>> 13));

function* content(bytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes; at += CHUNK) {
    const from = at % BLOCK.length;
    yield BLOCK.subarray(from, from + Math.min(CHUNK, bytes - at));
  }
}

/** What S3 and OSS say of the object, each under its own header. */
const sumsOf = (bytes: number): Record<string, string> => {
  const ecma = crc64Ecma();
  let c32 = 0;
  for (const chunk of content(bytes)) {
    ecma.update(chunk);
    c32 = crc32(chunk, c32);
  }
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(c32);
  return {
    'x-oss-hash-crc64ecma': String(ecma.digest()),
    'x-amz-checksum-crc32': sum.toString('base64'),
    'x-amz-checksum-type': 'FULL_OBJECT',
  };
};

const serve = async (bytes: number): Promise<void> => {
  const sums = sumsOf(bytes);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '', headers } = request;
    if (method === 'GET') {
      response.writeHead(200, { ...sums, 'content-length': bytes, etag: `"${'0'.repeat(32)}-9"` });
      return pipeline(Readable.from(content(bytes), { objectMode: false }), response);
    }
    const md5 = createHash('md5');
    for await (const chunk of request) md5.update(chunk as Buffer);
    const digest = md5.digest();
    const intact =
      headers['content-md5'] === undefined || headers['content-md5'] === digest.toString('base64');
    if (method === 'PUT') {
      response.writeHead(intact ? 200 : 400, { etag: `"${digest.toString('hex')}"` });
      return void response.end();
    }
    const root = url.includes('uploads') ? 'InitiateMultipartUploadResult' : 'CompleteMultipartUploadResult';
    response.end(`<?xml version="1.0"?><${root}><UploadId>u</UploadId><ETag>"e"</ETag></${root}>`);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.stdout.write(`http://localhost:${(server.address() as AddressInfo).port}\n`);
};

const MB = 1e6;

const measure = async (direction: string, uri: string, bytes: number): Promise<void> => {
  const idle = process.memoryUsage().rss;
  const start = performance.now();
  const storage = openStorage(uri);
  if (direction === 'put') await storage.write('large', Readable.from(content(bytes), { objectMode: false }));
  else {
    let n = 0;
    for await (const chunk of (await storage.stream('large')) ?? []) n += (chunk as Buffer).length;
    if (n !== bytes) throw new Error(`${n} of ${bytes} bytes came`);
  }
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024;
  const found = {
    seconds,
    mb_per_second: bytes / MB / seconds,
    idle_rss_mb: idle / MB,
    peak_rss_mb: peak / MB,
    over_idle_mb: (peak - idle) / MB,
  };
  process.stdout.write(
    JSON.stringify(found, (_, value) => (typeof value === 'number' ? Math.round(value) : value)),
  );
};

const [role = '', ...rest] = process.argv.slice(2);
if (role === 'serve') await serve(Number(rest[0]));
else await measure(role, rest[0]!, Number(rest[1]));
