import { factsJournal } from '../adapters/postgres-journal.js';
import { clockRound } from '../choreography/clock.js';
import { consumersOf, type PortsOf, type ServiceConsumer } from '../choreography/consumers.js';
import type { ServicePorts } from '../choreography/service.js';
import { services } from '../choreography/services.js';
import type { ServicesConfig } from '../config.js';
import {
  recordSent,
  milestoneAt,
  readPendingTypes,
  showState,
  trackingUrlOf,
} from '../db/choreography.js';
import { openDatabase, type Database } from '../db/database.js';
import { createNotifier, type Notifier } from '../runtime/notifier.js';
import { consumerRound } from '../events/consumer-runner.js';
import { listen } from '../events/listen.js';
import { headPosition } from '../events/log.js';
import { startPollingLoop, type Stoppable } from '../runtime/polling-loop.js';
import type { ConsumerRules } from '../events/rules.js';
import type { Logger } from '../logger.js';
import { createPorts, ownPorts } from './ports.js';

const clockPollMs = 500;
const pendingPollMs = 200;
/** So often a group notes that it has read what it does not want. */
const idlePollMs = 10_000;
const spareConnections = 4;

export interface ServicesOptions {
  readonly config: ServicesConfig;
  readonly log: Logger;
  /** Puts something around the ports of every transaction; for those who measure or disturb them. */
  readonly around?: (ports: ServicePorts) => ServicePorts;
}

/** Runs the services that this process is for. Any number of processes may run the same ones. */
export function startServices({
  config,
  log,
  around = (ports) => ports,
}: ServicesOptions): Stoppable {
  const names = config.SERVICES;
  const count = names.reduce((sum, name) => sum + services[name].partitions, 0);
  const database = openDatabase({
    url: config.DATABASE_URL,
    poolSize: Math.max(config.DATABASE_POOL_SIZE, count + spareConnections),
    onIdleError: (error) => {
      log.warn({ err: error }, 'a database connection was lost');
    },
  });
  const outside = createPorts(config, database);
  const portsOf: PortsOf = (transaction) =>
    around({ ...outside.ports, ...portsIn(config, transaction) });
  const consumers = names
    .flatMap((name) => consumersOf(services[name], portsOf))
    .map((consumer) => loggingFailures(consumer, log));
  const loops = startLoops({ config, log, database, consumers, portsOf });
  return {
    stop: async () => {
      await loops.stop();
      outside.close();
      await database.destroy();
    },
  };
}

/** The log names the orders and events that a service could not handle. */
const loggingFailures = (consumer: ServiceConsumer, log: Logger): ServiceConsumer => ({
  ...consumer,
  apply: async (transaction, events) => {
    try {
      await consumer.apply(transaction, events);
    } catch (error) {
      const subjects = events.map(({ subject, type }) => ({ order_id: subject, type }));
      log.warn({ service: consumer.name, events: subjects, err: error }, 'a service could not');
      throw error;
    }
  },
});

/** What keeps its books in our database does so in the transaction; labels are bought outside of it. */
const portsIn = (config: ServicesConfig, transaction: Database) => ({
  ...ownPorts(config, transaction),
  journal: factsJournal(transaction),
  row: rowOf(transaction),
});

/** The order's row and what stands beside it, in a transaction or by themselves. */
export const rowOf = (database: Database): ServicePorts['row'] => ({
  show: (...shown) => showState(database, ...shown),
  milestoneOf: (...asked) => milestoneAt(database, ...asked),
  recordSent: (shipmentId) => recordSent(database, shipmentId),
  trackingUrlOf: (...asked) => trackingUrlOf(database, ...asked),
});

interface Parts {
  readonly config: ServicesConfig;
  readonly log: Logger;
  readonly database: Database;
  readonly consumers: readonly ServiceConsumer[];
  readonly portsOf: PortsOf;
}

function startLoops({ config, log, database, consumers, portsOf }: Parts): Stoppable {
  const onError = (error: unknown): void => {
    log.warn({ err: error }, 'a round of the services failed');
  };
  const listener = listen({ url: config.DATABASE_URL, channels: ['events_log'], onError });
  const notifiers = new Map(consumers.map(({ name }) => [name, createNotifier()]));
  const rules = rulesOf(config);
  const loops = [
    startPollingLoop({
      round: watchPendingTypes(database, consumers, notifiers),
      pollMs: pendingPollMs,
      onWake: (wake) => listener.on('events_log', wake),
      onError,
    }),
    startPollingLoop({
      round: () => clockRound(database, portsOf).then(() => false),
      pollMs: clockPollMs,
      onError,
    }),
    ...consumers.map((consumer) =>
      startPollingLoop({
        round: async () => (await consumerRound(database, consumer, rules)).hasMore,
        pollMs: idlePollMs,
        onWake: (wake) => notifiers.get(consumer.name)?.subscribe(wake) ?? (() => undefined),
        onError,
      }),
    ),
  ];
  return {
    stop: async () => {
      await Promise.all([listener.stop(), ...loops.map((loop) => loop.stop())]);
    },
  };
}

/** One query for all consumers; it wakes only those that have something to do. */
function watchPendingTypes(
  database: Database,
  consumers: readonly ServiceConsumer[],
  notifiers: ReadonlyMap<string, Notifier>,
): () => Promise<boolean> {
  const names = consumers.map(({ name }) => name);
  let seen: number | undefined;
  return async () => {
    // Each consumer reads by itself what came before the first query.
    if (seen === undefined) {
      seen = await headPosition(database);
      for (const { notify } of notifiers.values()) notify();
    }
    const { position, pendingTypes, due } = await readPendingTypes(database, seen, names);
    const hearing = consumers
      .filter(({ handles }) => pendingTypes.some(handles))
      .map(({ name }) => name);
    for (const name of new Set([...hearing, ...due])) notifiers.get(name)?.notify();
    seen = position;
    return false;
  };
}

/** One event at a time: a transaction must not hold what one order needs while it asks about another. */
const rulesOf = (config: ServicesConfig): Partial<ConsumerRules> => ({
  batchSize: 1,
  maxAttempts: config.SERVICES_MAX_ATTEMPTS,
  baseMs: 500,
  capMs: config.SERVICES_RETRY_CAP_MS,
  applyLimitMs: 9_000,
});
