import { sql, type Transaction } from 'kysely';
import { orderHash, readMemory, type Tidings } from '../db/choreography.js';
import type { Database } from '../db/database.js';
import { serviceLevels } from '../domain/service-level.js';
import type { EventType } from '../events/catalogue/catalogue.js';
import type { Consumer } from '../events/consumer.js';
import type { OrderEvent } from '../events/order-event.js';
import { callForGivenUp, closeSettled } from './given-up.js';
import type { Service, ServicePorts, Situation } from './service.js';
import { Story } from './story.js';

/** The ports of a service, bound to a transaction. */
export type PortsOf = (transaction: Database) => ServicePorts;

/** A part of a service, which takes a share of the orders. */
export interface ServiceConsumer extends Consumer {
  /** Whether it has something to do about such an event; as its {@link Consumer.wants}. */
  readonly hears: (tidings: Tidings) => boolean;
}

/**
 * A service as consumers of the event log: one for each of its partitions, which share its events by
 * order, so that a slow call about one order keeps only a part of the others waiting.
 */
export const consumersOf = (service: Service, portsOf: PortsOf): readonly ServiceConsumer[] =>
  Array.from({ length: service.partitions }, (_, partition) => ({
    name: service.partitions === 1 ? service.name : `${service.name}:${partition}`,
    wants: wantedBy(service, partition),
    hears: ({ type, orderHash: hash }: Tidings) =>
      Object.hasOwn(service.reactions, type) && hash % service.partitions === partition,
    apply: async (transaction: Transaction<unknown>, events: readonly OrderEvent[]) => {
      for (const event of events) await react(service, event, ours(transaction), portsOf);
    },
    gaveUp: (transaction, event) =>
      callForGivenUp(ours(transaction), { service: service.name, event }, portsOf),
    settled: (transaction, event) =>
      closeSettled(ours(transaction), { service: service.name, event }, portsOf),
  }));

const ours = (transaction: Transaction<unknown>) => transaction as unknown as Database;

const wantedBy = ({ reactions, partitions }: Service, partition: number) => sql`(
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
  const memory = await readMemory(transaction, orderId, sequence, service.remembers);
  if (reaction === undefined || memory === undefined) return;
  const situation: Situation = {
    orderId,
    story: new Story(orderId, memory.facts, sequence),
    policy: memory.policy,
    serviceLevel: serviceLevels[memory.serviceLevel],
    ports: portsOf(transaction),
  };
  await reaction(situation);
}
