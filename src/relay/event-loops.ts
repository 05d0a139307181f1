import type { Database } from '../db/database.js';
import { createNotifier } from '../runtime/notifier.js';
import { toOrderEvent } from '../events/catalogue/to-order-event.js';
import type { RelayConsumer } from '../events/consumer.js';
import { lookAtGroups } from '../events/group-clock.js';
import { Group } from '../events/group.js';
import { listen } from '../events/listen.js';
import {
  startPollingLoop,
  type PollingLoopOptions,
  type Stoppable,
} from '../runtime/polling-loop.js';
import { publishRound } from '../events/publisher.js';
import { createTail } from '../events/tail.js';
import type { Logger } from '../logger.js';

export interface EventLoopOptions {
  readonly database: Database;
  /** For the connection that listens. */
  readonly databaseUrl: string;
  readonly log: Logger;
  readonly consumers: readonly RelayConsumer[];
}

/**
 * A fact that comes alone is published at once. While there are many, each round is followed by a pause,
 * so that the next one, and with it every consumer, takes more of them together.
 */
const pausePerEventMs = 20;
const longestPauseMs = 150;
/** Facts whose commit nobody announced wait for so long, in milliseconds. */
const publisherPollMs = 100;
/** So long events wait for their consumers when a notification was lost. */
const logPollMs = 300;
/** Retries come by the clock, and not by a notification. */
const clockMs = 1_000;

/**
 * Publishes what orders commit, reads the log once for all consumers, and feeds it to each in a loop of
 * its own, so that one that is slow or fails keeps no other waiting. Any number of relays may run these.
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
  const tail = createTail(database);
  const groups = consumers.map((consumer) => new Group(database, consumer, tail));
  const news = createNotifier();
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
    loop('log', {
      round: async () => {
        if (await tail.read()) news.notify();
        return false;
      },
      pollMs: logPollMs,
      onWake: (wake) => listener.on('events_log', wake),
    }),
    loop('clock', {
      round: async () => {
        await lookAtGroups(database, groups);
        news.notify();
        return false;
      },
      pollMs: clockMs,
    }),
    ...groups.map((group) =>
      loop(group.name, {
        round: async () => (await group.round()).hasMore,
        pollMs: clockMs,
        onWake: news.subscribe,
      }),
    ),
  ];
  return {
    stop: async () => {
      await Promise.all([listener.stop(), ...loops.map((one) => one.stop())]);
    },
  };
}

/** After a round there is another one: what was committed meanwhile may have been announced to nobody. */
async function publish(database: Database, log: Logger): Promise<boolean | number> {
  const { published, refused, isFull } = await publishRound(database, toOrderEvent);
  for (const { row, error } of refused) {
    const subject = { order_id: row.orderId, sequence: row.sequence, type: row.type };
    log.error({ ...subject, err: error }, 'a fact cannot be published; its order waits');
  }
  if (published === 0 || isFull) return isFull;
  return Math.min(longestPauseMs, published * pausePerEventMs);
}
