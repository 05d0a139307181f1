import type { Written } from '../../../src/activities/ports.js';
import { factsJournal } from '../../../src/adapters/postgres-journal.js';
import { endByCause } from '../../../src/choreography/ending.js';
import {
  reactTo,
  type Service,
  type ServicePorts,
  type ReactionContext,
} from '../../../src/choreography/service.js';
import { services } from '../../../src/choreography/services.js';
import type { ServicesConfig } from '../../../src/config.js';
import { readRequiredFacts } from '../../../src/db/choreography.js';
import { openDatabase, type Database } from '../../../src/db/database.js';
import type { OrderId } from '../../../src/domain/ids.js';
import { createNotifier, type Notifier } from '../../../src/runtime/notifier.js';
import { startPollingLoop, type Stoppable } from '../../../src/runtime/polling-loop.js';
import type { Logger } from '../../../src/logger.js';
import { createPorts } from '../../../src/workers/ports.js';
import { rowOf } from '../../../src/workers/services.js';
import { failing, whenAppended } from '../failpoints/failing.js';
import type { Failpoints } from '../failpoints/failpoints.js';
import { Bus, type Message } from './bus.js';

/** Shows an order as the real one does, and ends it as soon as a compensation begins. */
export const naiveOrder: Service = {
  ...services.order,
  reactions: { ...services.order.reactions, 'compensation.started': endAtOnce },
};

async function endAtOnce({ orderId, history, ports }: ReactionContext): Promise<void> {
  await ports.journal.append({ orderId, key: 'ending', facts: [endByCause(history)] });
}

const all: readonly Service[] = Object.values({ ...services, order: naiveOrder });
/** For messages that are late, or of another process; what is published here wakes its services. */
const pollMs = 200;
const collectPollMs = 50;
const connections = 50;

/** Runs the services that this process is for the bad way. */
export async function startNaiveServices(
  config: ServicesConfig,
  log: Logger,
  failpoints: Failpoints,
): Promise<Stoppable> {
  const onError = (error: unknown): void => {
    log.warn({ err: error }, 'something went wrong');
  };
  const { DATABASE_URL: url } = config;
  const database = openDatabase({ url, poolSize: connections, onIdleError: onError });
  const outside = createPorts(config, database);
  const bus = new Bus(database);
  await bus.create();
  const notifiers = new Map<string, Notifier>(all.map(({ name }) => [name, createNotifier()]));
  const publish = publisher(bus, outside.ports.orders, failpoints, (service) =>
    notifiers.get(service)?.notify(),
  );
  const committing = failing(
    {
      ...outside.ports,
      row: rowOf(database),
      journal: factsJournal(database),
    },
    failpoints,
    whenAppended,
  );
  const ports = publishing(committing, publish);
  const own = all.filter(({ name }) => (config.SERVICES as readonly string[]).includes(name));
  const loops = [
    ...(own.includes(naiveOrder)
      ? [startPollingLoop({ round: collecting(bus, publish), pollMs: collectPollMs, onError })]
      : []),
    ...own.flatMap((service) =>
      lanes(bus, service, database, ports, onError).map((round) =>
        startPollingLoop({
          round,
          pollMs,
          onWake: (wake) => notifiers.get(service.name)?.subscribe(wake) ?? (() => undefined),
          onError,
        }),
      ),
    ),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      outside.close();
      await database.destroy();
    },
  };
}

/** Publishes after the commit, so that a process that dies in between has not published. */
export const publishing = (ports: ServicePorts, publish: Publish): ServicePorts => {
  const { journal } = ports;
  const published = async <Result extends Written>(orderId: OrderId, written: Result) => {
    for (const { type, sequence } of written.facts) await publish({ orderId, type, sequence });
    return written;
  };
  return {
    ...ports,
    journal: {
      ...journal,
      append: async (entry) => published(entry.orderId, await journal.append(entry)),
      appendWith: async (effect, entryOf) => {
        const written = await journal.appendWith(effect, entryOf);
        return published(entryOf(written.outcome).orderId, written);
      },
    },
  };
};

/** In one process alone: one that dies must not take the API's facts of other services with it. */
const collecting = (bus: Bus, publish: Publish) => async (): Promise<boolean> => {
  const messages = await bus.collect();
  for (const message of messages) await publish(message);
  return messages.length > 0;
};

/** As many at once as the real service, in whatever order. */
const lanes = (
  bus: Bus,
  service: Service,
  database: Database,
  ports: ServicePorts,
  onError: (error: unknown) => void,
): readonly (() => Promise<boolean>)[] =>
  Array.from(
    { length: service.partitions },
    () => () =>
      bus.take(service.name, (message) => react(service, message, database, ports).catch(onError)),
  );

type Publish = (message: Message) => Promise<void>;

function publisher(
  bus: Bus,
  orders: ServicePorts['orders'],
  failpoints: Failpoints,
  ring: (service: string) => void,
): Publish {
  return async (message) => {
    const { orderId, type } = message;
    const find = async () => (await orders.find(orderId)).customer.id;
    const customerId = await failpoints.customerOf(orderId, find);
    const subscribers = all.filter(({ reactions }) => type in reactions).map(({ name }) => name);
    await bus.publish(message, subscribers, failpoints.mishap(customerId, type));
    for (const service of subscribers) ring(service);
  };
}

/** Has a service react to a message with nothing around it: no inbox, no transaction, no second try. */
async function react(
  service: Service,
  { orderId, sequence, type }: Message,
  database: Database,
  ports: ServicePorts,
): Promise<void> {
  const known = await readRequiredFacts(database, orderId, sequence, service.requiredFacts);
  if (known === undefined) return;
  // It knows what came before the message, and nothing that came later.
  const facts = known.facts.filter((fact) => fact.sequence <= sequence);
  await reactTo(service, { ...known, facts }, { orderId, sequence, type, ports });
}
