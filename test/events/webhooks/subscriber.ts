import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OrderId } from '../../../src/domain/ids.js';

/** A message as it came in. */
interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly eventId: string;
  readonly orderId: OrderId;
  readonly sequence: number;
  readonly type: string;
}

/** Answers a message; the count is how many messages came before it. */
export type Answering = (message: Received, response: ServerResponse, before: number) => void;

/** Somebody's system that hears of orders. */
export interface Subscriber {
  readonly url: string;
  readonly received: Received[];
  /** What it does from now on. */
  answer: Answering;
  /** How many messages wait for their answers, and the most that ever did at once. */
  readonly open: { now: number; most: number };
  stop(): Promise<void>;
}

export const taking: Answering = (_message, response) => {
  response.writeHead(204).end();
};

export const answering =
  (status: number, headers: Record<string, string> = {}): Answering =>
  (_message, response) => {
    response.writeHead(status, headers).end();
  };

/** Listens on loopback. */
export async function startSubscriber(answer: Answering = taking): Promise<Subscriber> {
  const open = { now: 0, most: 0 };
  const server = createServer((request, response) => {
    void read(request).then((message) => {
      open.now += 1;
      open.most = Math.max(open.most, open.now);
      response.on('close', () => (open.now -= 1));
      subscriber.received.push(message);
      subscriber.answer(message, response, subscriber.received.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const subscriber: Subscriber = {
    url: `http://127.0.0.1:${port}/hook`,
    received: [],
    answer,
    open,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return subscriber;
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const { type, data } = JSON.parse(body) as {
    type: string;
    data: { event_id: string; order_id: OrderId; sequence: number };
  };
  return {
    headers: request.headers as Record<string, string>,
    body,
    eventId: data.event_id,
    orderId: data.order_id,
    sequence: data.sequence,
    type,
  };
}
