/** A line that breaks: an HTTP proxy before a bucket, which spoils the answers it is told to. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as ask, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const FAULTS = [
  /** 503 in place of the request */
  'busy',
  /** the connection ends before the request is passed on */
  'reset',
  /** the request is carried out, its answer lost */
  'lost',
  /** the request is carried out, its answer replaced by 503 */
  'lost-busy',
  /** half of the answer's body, then the end of the connection */
  'cut',
  /** half of the answer's body, with a length that fits */
  'short',
  /** one byte of the answer's body is another */
  'flip',
  /** one byte of the request's body is another */
  'flip-put',
  /** half of the request's body, then the end of the connection */
  'cut-put',
] as const;
export type LineFault = (typeof FAULTS)[number] | 'stall';

export type FaultyLine = {
  readonly url: string;
  /** What happens to the next request; asked once for each. */
  next: (request: { readonly method: string; readonly path: string }) => LineFault | null;
  close(): Promise<void>;
};

type Answered = { status: number; headers: string[]; body: Buffer };

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const flip = (body: Buffer): Buffer => {
  const spoiled = Buffer.from(body);
  if (spoiled.length > 0) spoiled[spoiled.length >> 1]! ^= 1;
  return spoiled;
};

const forward = async (target: string, from: IncomingMessage, body: Buffer): Promise<Answered> => {
  const { method, rawHeaders, url = '/' } = from;
  const out = ask(new URL(url, target), { method: method ?? 'GET', headers: rawHeaders });
  out.end(body);
  const [answer] = (await once(out, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.rawHeaders, body: await bodyOf(answer) };
};

const halfForward = async (target: string, from: IncomingMessage, body: Buffer): Promise<void> => {
  const out = ask(new URL(from.url ?? '/', target), {
    method: from.method ?? 'GET',
    headers: from.rawHeaders,
  });
  out.on('error', () => {}); // it is meant to end so
  out.write(body.subarray(0, body.length >> 1));
  await new Promise((done) => setImmediate(done));
  out.destroy();
};

const withLength = (headers: readonly string[], bytes: number): string[] =>
  headers.map((value, i) =>
    i % 2 === 1 && headers[i - 1]!.toLowerCase() === 'content-length' ? String(bytes) : value,
  );

const reply = (response: ServerResponse, { status, headers, body }: Answered, head: boolean): void => {
  response.writeHead(status, headers);
  response.end(head ? undefined : body);
};

const refuse = (response: ServerResponse): void => {
  const body = '<?xml version="1.0"?><Error><Code>ServiceUnavailable</Code><Message>Slow</Message></Error>';
  response.writeHead(503, { 'content-type': 'application/xml', 'content-length': body.length });
  response.end(body);
};

/** Answers with the first half; what follows is silence, or the end. */
const half = (
  response: ServerResponse,
  { status, headers, body }: Answered,
  then: 'end' | 'silence',
): void => {
  response.writeHead(status, headers);
  response.write(body.subarray(0, body.length >> 1), () => {
    if (then === 'end') response.destroy();
  });
};

const carry = async (
  target: string,
  fault: LineFault | null,
  from: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const head = from.method === 'HEAD';
  const sent = await bodyOf(from);
  if (fault === 'busy') return refuse(response);
  if (fault === 'reset') return void response.destroy();
  if (fault === 'cut-put' && sent.length > 0) {
    await halfForward(target, from, sent);
    return void response.destroy();
  }
  const answer = await forward(target, from, fault === 'flip-put' ? flip(sent) : sent);
  if (fault === 'lost') return void response.destroy();
  if (fault === 'lost-busy') return refuse(response);
  if (answer.body.length > 0) {
    if (fault === 'cut' || fault === 'stall')
      return half(response, answer, fault === 'cut' ? 'end' : 'silence');
    if (fault === 'short') {
      const body = answer.body.subarray(0, answer.body.length >> 1);
      return reply(response, { ...answer, body, headers: withLength(answer.headers, body.length) }, head);
    }
    if (fault === 'flip') return reply(response, { ...answer, body: flip(answer.body) }, head);
  }
  reply(response, answer, head);
};

export const faultyLine = async (target: string): Promise<FaultyLine> => {
  const server = createServer((from, response) => {
    const fault = line.next({ method: from.method ?? '', path: from.url ?? '' });
    carry(target, fault, from, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const line: FaultyLine = {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    next: () => null,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return line;
};
