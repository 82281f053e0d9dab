/** A webhook receiver on this machine, as a customer would have one. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { verify } from '../../webhooks/verify.ts';

const Payload = z.looseObject({ type: z.string(), data: z.looseObject({ id: z.string() }) });

export type Received = { readonly type: string; readonly job: string; readonly verified: boolean };

export type Sink = {
  readonly url: string;
  /** The first webhook about the job that names how it ended; null when none came in time. */
  wait(job: string, timeout_ms: number): Promise<Received | null>;
  close(): Promise<void>;
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** Verifies every signature with `secret`; what does not verify is answered 400 and remembered as such. */
export const openSink = async (secret: string, heard: (webhook: Received) => void): Promise<Sink> => {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const verified = verify(secret, request.headers, body, Date.now());
      const payload = Payload.safeParse(JSON.parse(body));
      response.writeHead(verified && payload.success ? 204 : 400).end();
      if (!payload.success) return;
      const webhook = { type: payload.data.type, job: payload.data.data.id, verified };
      received.push(webhook);
      heard(webhook);
      for (const wake of waiting) wake();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    wait: (job, timeout_ms) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = received.find((webhook) => webhook.job === job);
          if (found) end(found);
        };
        const end = (found: Received | null): void => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        const timer = setTimeout(() => end(null), timeout_ms);
        waiting.add(look);
        look();
      }),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
