import type { Request, Response } from 'express';
import { createSession, type Session } from 'better-sse';
import type { Database } from '../db/database.js';
import type { OrderId } from '../domain/ids.js';
import { eventsOfOrder, headPosition, ordersWithEvents } from '../events/log.js';
import { startPollingLoop, type PollingLoop } from '../runtime/polling-loop.js';
import { eventBody } from './representation.js';

/** Open answers that show one order each, as it happens. */
export type EventStreams = ReturnType<typeof createEventStreams>;

export interface EventStreamOptions {
  readonly database: Database;
  /** Calls back when events were published; polling is behind it. */
  readonly onPublished?: ((wake: () => void) => () => void) | undefined;
  readonly onError: (error: unknown) => void;
  /** How many streams may be open at once. */
  readonly limit?: number;
  readonly pollMs?: number;
  readonly keepAliveMs?: number;
}

interface Stream {
  readonly orderId: OrderId;
  readonly session: Session;
  readonly response: Response;
  sequence: number;
  /** The order may have events that were not sent. */
  isBehind: boolean;
  isReading: boolean;
}

const pageSize = 100;
/** A reader who takes nothing is cut off here; it comes again with its last id. */
const unreadLimitBytes = 1_048_576;
const retryMs = 2_000;

/** Nothing is asked of the database while no stream is open. */
export function createEventStreams(options: EventStreamOptions) {
  const { database, onError, limit = 500, pollMs = 1_000, keepAliveMs = 15_000 } = options;
  const streams = new Set<Stream>();
  let loop: PollingLoop | undefined;
  let position: number | undefined;
  let isStopped = false;

  /** One look at the log for all streams; each then reads what is its own. */
  async function look(): Promise<boolean> {
    if (streams.size === 0) position = undefined;
    else await findBehind();
    await Promise.all([...streams].filter(({ isBehind }) => isBehind).map(send));
    return false;
  }

  async function findBehind(): Promise<void> {
    const head = await headPosition(database);
    const wanted = [...new Set([...streams].map(({ orderId }) => orderId))];
    // Before the first look nobody has watched: each may have missed something.
    const moved =
      position === undefined ? wanted : await ordersWithEvents(database, position, head, wanted);
    for (const stream of streams) if (moved.includes(stream.orderId)) stream.isBehind = true;
    position = head;
  }

  async function send(stream: Stream): Promise<void> {
    if (stream.isReading) return;
    stream.isReading = true;
    try {
      while (stream.isBehind && streams.has(stream)) {
        stream.isBehind = false;
        if (await sendPage(database, stream)) stream.isBehind = true;
      }
    } catch (error) {
      stream.isBehind = true;
      onError(error);
    } finally {
      stream.isReading = false;
    }
  }

  return {
    hasRoom: () => !isStopped && streams.size < limit,
    /** Answers with the order's events behind the sequence, and then with new ones. */
    open: async (request: Request, response: Response, orderId: OrderId, sequence: number) => {
      const session = await createSession(request, response, {
        serializer: JSON.stringify,
        headers: { 'Cache-Control': 'no-store, no-transform' },
        keepAlive: keepAliveMs,
        retry: retryMs,
      });
      if (isStopped || !session.isConnected) {
        response.end();
        return;
      }
      const stream = { orderId, session, response, sequence, isBehind: true, isReading: false };
      streams.add(stream);
      session.on('disconnected', () => streams.delete(stream));
      loop ??= startPollingLoop({
        round: look,
        pollMs,
        onError,
        ...(options.onPublished !== undefined && { onWake: options.onPublished }),
      });
      await send(stream);
    },
    /** Ends all streams; their readers connect again, to another process. */
    stop: async () => {
      isStopped = true;
      for (const { response } of streams) response.end();
      streams.clear();
      await loop?.stop();
    },
  };
}

/** @returns whether there may be more */
async function sendPage(database: Database, stream: Stream): Promise<boolean> {
  const events = await eventsOfOrder(database, stream.orderId, stream.sequence, pageSize);
  for (const event of events) {
    if (!stream.session.isConnected) return false;
    stream.session.push(eventBody(event), event.type, String(event.ordersequence));
    stream.sequence = event.ordersequence;
  }
  if (stream.response.writableLength > unreadLimitBytes) stream.response.destroy();
  return events.length === pageSize;
}
