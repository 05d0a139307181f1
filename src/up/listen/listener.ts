import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

/** An event that came in, or something that was not one of ours. */
export type Arrival =
  | {
      readonly kind: 'event';
      readonly eventId: string;
      readonly orderId: string;
      readonly sequence: number;
      readonly type: string;
      /** How often it came, with this time. */
      readonly attempt: number;
      readonly answered: number;
    }
  | { readonly kind: 'refused'; readonly reason: string };

export interface ListenerOptions {
  /** What every event is answered. */
  readonly status: number;
  readonly onArrival: (arrival: Arrival) => void;
}

/** A subscriber as anybody could write one. */
export interface Listener {
  readonly url: string;
  /** From now on messages are believed when they are signed with it. */
  trust(secret: string): void;
  stop(): Promise<void>;
}

const message = z.object({
  type: z.string(),
  data: z.object({ event_id: z.string(), order_id: z.string(), sequence: z.number() }),
});

const maxBodyBytes = 65_536;
const forgetAfter = 10_000;

/** Listens on a free port of loopback. */
export async function startListener({ status, onArrival }: ListenerOptions): Promise<Listener> {
  let webhook: Webhook | undefined;
  const seen = new Map<string, number>();

  const arrivalOf = (body: string, headers: Record<string, string>): Arrival => {
    try {
      const { type, data } = message.parse(webhook?.verify(body, headers));
      if (seen.size > forgetAfter) seen.clear();
      const attempt = (seen.get(data.event_id) ?? 0) + 1;
      seen.set(data.event_id, attempt);
      const { event_id: eventId, order_id: orderId, sequence } = data;
      return { kind: 'event', eventId, orderId, sequence, type, attempt, answered: status };
    } catch (error) {
      return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) };
    }
  };

  const server = createServer((request, response) => {
    read(request).then(
      (body) => {
        const arrival = arrivalOf(body, plainHeaders(request));
        response.writeHead(arrival.kind === 'event' ? status : 401).end();
        onArrival(arrival);
      },
      () => response.writeHead(413).end(),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    trust: (secret) => {
      webhook = new Webhook(secret);
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The signature is over the bytes as they came. @throws Error when there are too many */
async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Error('The body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const plainHeaders = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
