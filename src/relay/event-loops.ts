import type { Database } from '../db/database.js';
import { createNotifier } from '../runtime/notifier.js';
import { toOrderEvent } from '../events/catalogue/to-order-event.js';
import { consumerRound } from '../events/consumer-runner.js';
import type { Consumer } from '../events/consumer.js';
import { listen } from '../events/listen.js';
import { headPosition } from '../events/log.js';
import {
  startPollingLoop,
  type PollingLoopOptions,
  type Stoppable,
} from '../runtime/polling-loop.js';
import { publishRound } from '../events/publisher.js';
import type { Logger } from '../logger.js';

export interface EventLoopOptions {
  readonly database: Database;
  /** For the connection that listens. */
  readonly databaseUrl: string;
  readonly log: Logger;
  readonly consumers: readonly Consumer[];
}

/** Facts whose commit nobody announced wait for so long, in milliseconds. */
const publisherPollMs = 100;
/**
 * Orders say many things in a short time. Rounds that take a few of them together cost the database far
 * less, and the wait stays well below what an event may take from its commit to its consumers.
 */
const consumerLingerMs = 20;
/** So long events wait for their consumers when a notification was lost. */
const headPollMs = 200;
/** Parked events come up for their next try by the clock, and not by a notification. */
const consumerPollMs = 1_000;

/**
 * Publishes what orders commit and feeds it to the consumers, each in a loop of its own, so that one
 * that is slow or fails keeps no other waiting. Any number of relays may run these.
 */
export function startEventLoops(options: EventLoopOptions): Stoppable {
  const { database, databaseUrl, log, consumers } = options;
  const listener = listen({
    url: databaseUrl,
    channels: ['orders_outbox', 'events_log'],
    onError: (error) => {
      log.warn({ err: error }, 'the connection that listens was lost');
    },
  });
  const published = createNotifier();
  const stopHearing = listener.on('events_log', published.notify);
  const loop = (name: string, how: Omit<PollingLoopOptions, 'onError'>): Stoppable =>
    startPollingLoop({
      ...how,
      onError: (error) => {
        log.warn({ err: error, loop: name }, 'a round of the relay failed');
      },
    });
  const loops = [
    loop('publisher', {
      round: () => publish(database, log),
      pollMs: publisherPollMs,
      onWake: (wake) => listener.on('orders_outbox', wake),
    }),
    loop('head', { round: watchHead(database, published.notify), pollMs: headPollMs }),
    ...consumers.map((consumer) =>
      loop(consumer.name, {
        round: async () => (await consumerRound(database, consumer)).hasMore,
        pollMs: consumerPollMs,
        lingerMs: consumerLingerMs,
        onWake: published.subscribe,
      }),
    ),
  ];
  return {
    stop: async () => {
      stopHearing();
      await Promise.all([listener.stop(), ...loops.map((one) => one.stop())]);
    },
  };
}

async function publish(database: Database, log: Logger): Promise<boolean> {
  const { refused, isFull } = await publishRound(database, toOrderEvent);
  for (const { row, error } of refused) {
    const subject = { order_id: row.orderId, sequence: row.sequence, type: row.type };
    log.error({ ...subject, err: error }, 'a fact cannot be published; its order waits');
  }
  return isFull;
}

/** One look for all consumers. */
function watchHead(database: Database, notify: () => void): () => Promise<boolean> {
  let seen: number | undefined;
  return async () => {
    const head = await headPosition(database);
    if (head !== seen) notify();
    seen = head;
    return false;
  };
}
