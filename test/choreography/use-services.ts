import { sql } from 'kysely';
import { postgresInventory } from '../../src/adapters/postgres-inventory.js';
import { factsJournal } from '../../src/adapters/postgres-journal.js';
import { clockRound } from '../../src/choreography/clock.js';
import { consumersOf, type PortsOf } from '../../src/choreography/consumers.js';
import type { ServicePorts } from '../../src/choreography/service.js';
import { services } from '../../src/choreography/services.js';
import { execute, allValues } from '../../src/db/database.js';
import { findOrder, type OrderRecord } from '../../src/db/orders.js';
import type { Fact } from '../../src/domain/facts.js';
import { shipmentIdOf, type OrderId, type ShipmentId } from '../../src/domain/ids.js';
import type { ServiceLevelName } from '../../src/domain/service-level.js';
import type { ServiceName } from '../../src/domain/services.js';
import { consumerRound } from '../../src/events/consumer-runner.js';
import { rowOf } from '../../src/workers/services.js';
import { useEventLog, type EventLog } from '../events/event-log.js';
import { authorized, inOneParcel, placed } from './histories.js';

/**
 * The services over a database of the file's own, one step at a time.
 * @param providers what the test answers in place of providers and of the order's own database
 */
export const useServices = (providers: object = {}): TestServices =>
  new TestServices(useEventLog(), providers);

class TestServices {
  constructor(
    readonly log: EventLog,
    private readonly providers: Partial<ServicePorts>,
  ) {}

  /** A choreographed order that has just been placed. */
  async order(serviceLevel: ServiceLevelName = 'standard'): Promise<OrderId> {
    const orderId = await this.log.newOrder();
    await sql`update orders.orders set coordination = 'choreographed',
      service_level = ${serviceLevel} where id = ${orderId}`.execute(this.log.database);
    await this.log.append(orderId, placed);
    return orderId;
  }

  /** One that has a label, and money set aside. */
  async labelled(serviceLevel?: ServiceLevelName): Promise<OrderId> {
    const orderId = await this.order(serviceLevel);
    await this.log.append(orderId, inOneParcel, authorized, { type: 'order.confirmed' });
    await this.log.append(orderId, labelOf(orderId));
    await this.run('order');
    return orderId;
  }

  /** Publishes what waits, and has the service react to all of it. */
  async run(name: ServiceName, maxAttempts = 40): Promise<void> {
    const { database } = this.log;
    await this.log.publishAll();
    for (const consumer of consumersOf(services[name], this.portsOf)) {
      while ((await consumerRound(database, consumer, { batchSize: 1, maxAttempts })).hasMore);
    }
    await this.log.publishAll();
  }

  /** Lets all that waits for a time be so much older. */
  async pass(orderId: OrderId, timeMs: number): Promise<void> {
    const passed = sql`${timeMs} * interval '1 millisecond'`;
    await execute(
      this.log.database,
    )`update orders.timeline set at = at - ${passed} where order_id = ${orderId}`;
    await sql`update orders.orders set tracking_overdue_at = tracking_overdue_at - ${passed}
      where id = ${orderId}`.execute(this.log.database);
  }

  /** Lets so much time pass, after which the clock looks at all orders. */
  async passTime(orderId: OrderId, timeMs: number): Promise<void> {
    await this.pass(orderId, timeMs);
    await this.clock();
  }

  clock(): Promise<void> {
    return clockRound(this.log.database, this.portsOf);
  }

  async row(orderId: OrderId): Promise<OrderRecord> {
    return (await findOrder(this.log.database, orderId))!;
  }

  /** How many facts of this type the order has. */
  async count(orderId: OrderId, type: string): Promise<number> {
    return (await this.types(orderId)).filter((one) => one === type).length;
  }

  types(orderId: OrderId): Promise<readonly string[]> {
    return allValues<string>(this.log.database)`
      select type from orders.timeline where order_id = ${orderId} order by sequence`;
  }

  private readonly portsOf: PortsOf = (transaction) =>
    ({
      inventory: postgresInventory(transaction),
      journal: factsJournal(transaction),
      row: rowOf(transaction),
      ...this.providers,
    }) as Partial<ServicePorts> as ServicePorts;
}

export const parcelOf = (orderId: OrderId): ShipmentId => shipmentIdOf(orderId);

export const labelOf = (orderId: OrderId): Fact => ({
  type: 'shipment.created',
  shipmentId: parcelOf(orderId),
  carrier: 'Post',
  trackingNumber: `T-${orderId}`,
});
