import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { messageOf } from '../part.js';

/** An event that came in, or something that was not one of ours. */
export type Arrival =
  | {
      readonly kind: 'event';
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
      const { order_id: orderId, sequence } = data;
      return { kind: 'event', orderId, sequence, type, attempt, answered: status };
    } catch (error) {
      return { kind: 'refused', reason: messageOf(error) };
    }
  };

  const app = express();
  // The signature is over the bytes as they came.
  app.use(express.text({ type: () => true, limit: maxBodyBytes }), (request, response) => {
    const arrival = arrivalOf(String(request.body), request.headers as Record<string, string>);
    response.status(arrival.kind === 'event' ? status : 401).end();
    onArrival(arrival);
  });
  const tooLarge: ErrorRequestHandler = (error, _request, response, next) => {
    if (response.headersSent) next(error);
    else response.status(413).end();
  };
  const server = app.use(tooLarge).listen(0, '127.0.0.1');
  await once(server, 'listening');
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
