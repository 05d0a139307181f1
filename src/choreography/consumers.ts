import { sql, type Transaction } from 'kysely';
import { orderHash, readRequiredFacts, type PendingType } from '../db/choreography.js';
import type { Database } from '../db/database.js';
import { serviceLevels } from '../domain/service-level.js';
import type { EventType } from '../events/catalogue/catalogue.js';
import type { Consumer } from '../events/consumer.js';
import type { OrderEvent } from '../events/order-event.js';
import { raiseDeadLetter, closeResolved } from './dead-lettered.js';
import type { Service, ServicePorts, ReactionContext } from './service.js';
import { OrderHistory } from './order-history.js';

/** The ports of a service, bound to a transaction. */
export type PortsOf = (transaction: Database) => ServicePorts;

/** One partition of a service. */
export interface ServiceConsumer extends Consumer {
  /** Whether it reacts to such an event; in step with {@link Consumer.filter}. */
  readonly handles: (pending: PendingType) => boolean;
}

/**
 * A service as consumers of the event log, one per partition. The partitions share the orders, so that
 * a slow call delays only one part of them.
 */
export const consumersOf = (service: Service, portsOf: PortsOf): readonly ServiceConsumer[] =>
  Array.from({ length: service.partitions }, (_, partition) => ({
    name: service.partitions === 1 ? service.name : `${service.name}:${partition}`,
    filter: filterOf(service, partition),
    handles: ({ type, orderHash: hash }: PendingType) =>
      Object.hasOwn(service.reactions, type) && hash % service.partitions === partition,
    apply: async (transaction: Transaction<unknown>, events: readonly OrderEvent[]) => {
      for (const event of events) await react(service, event, asDatabase(transaction), portsOf);
    },
    onDeadLetter: (transaction, event) =>
      raiseDeadLetter(asDatabase(transaction), { service: service.name, event }, portsOf),
    onResolved: (transaction, event) =>
      closeResolved(asDatabase(transaction), { service: service.name, event }, portsOf),
  }));

const asDatabase = (transaction: Transaction<unknown>) => transaction as unknown as Database;

const filterOf = ({ reactions, partitions }: Service, partition: number) => sql`(
  e.type = any(${Object.keys(reactions)})
  and ${orderHash(sql`e.order_id`)} % ${partitions} = ${partition}
  and exists (select from orders.orders o
    where o.id = e.order_id and o.coordination = 'choreographed'))`;

async function react(
  service: Service,
  event: OrderEvent,
  transaction: Database,
  portsOf: PortsOf,
): Promise<void> {
  const { subject: orderId, ordersequence: sequence } = event;
  const reaction = service.reactions[event.type as EventType];
  const known = await readRequiredFacts(transaction, orderId, sequence, service.requiredFacts);
  if (reaction === undefined || known === undefined) return;
  const context: ReactionContext = {
    orderId,
    history: new OrderHistory(orderId, known.facts, sequence),
    policy: known.policy,
    serviceLevel: serviceLevels[known.serviceLevel],
    ports: portsOf(transaction),
  };
  await reaction(context);
}
