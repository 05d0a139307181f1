import { sql } from 'kysely';
import { orderHash, readRequiredFacts, type PendingType } from '../db/choreography.js';
import type { Database } from '../db/database.js';
import type { Consumer } from '../events/consumer.js';
import { raiseDeadLetter, closeResolved } from './dead-lettered.js';
import { reactTo, type Service, type ServicePorts } from './service.js';

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
    apply: async (transaction, events) => {
      for (const { type, subject: orderId, ordersequence: sequence } of events) {
        const required = service.requiredFacts;
        const known = await readRequiredFacts(transaction, orderId, sequence, required);
        const occasion = { orderId, sequence, type, ports: portsOf(transaction) };
        if (known !== undefined) await reactTo(service, known, occasion);
      }
    },
    onDeadLetter: (transaction, event) =>
      raiseDeadLetter(transaction, { service: service.name, event }, portsOf),
    onResolved: (transaction, event) =>
      closeResolved(transaction, { service: service.name, event }, portsOf),
  }));

const filterOf = ({ reactions, partitions }: Service, partition: number) => sql`(
  e.type = any(${Object.keys(reactions)})
  and ${orderHash(sql`e.order_id`)} % ${partitions} = ${partition}
  and exists (select from orders.orders o
    where o.id = e.order_id and o.coordination = 'choreographed'))`;
