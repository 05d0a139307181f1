import { sql } from 'kysely';
import { postgresInventory } from '../../src/adapters/postgres-inventory.js';
import { factsJournal } from '../../src/adapters/postgres-journal.js';
import { clockRound } from '../../src/choreography/clock.js';
import { consumersOf, type PortsOf } from '../../src/choreography/consumers.js';
import type { ServicePorts } from '../../src/choreography/service.js';
import { services } from '../../src/choreography/services.js';
import { findOrder, type OrderRecord } from '../../src/db/orders.js';
import type { Fact } from '../../src/domain/facts.js';
import { shipmentIdOf, type OrderId, type ShipmentId } from '../../src/domain/ids.js';
import type { ServiceLevelName } from '../../src/domain/service-level.js';
import type { ServiceName } from '../../src/domain/services.js';
import { consumerRound } from '../../src/events/consumer-runner.js';
import { rowOf } from '../../src/workers/services.js';
import { openDesk, type Desk } from '../events/relay-harness.js';
import { authorized, inOneParcel, placed } from './histories.js';

/** Services over a real database, one step at a time, with providers that a test stands in for. */
export class ServiceDesk {
  /** What stands in for what the order's own database does not have. */
  providers: Partial<ServicePorts> = {};

  private constructor(readonly desk: Desk) {}

  static async open(): Promise<ServiceDesk> {
    return new ServiceDesk(await openDesk());
  }

  close(): Promise<void> {
    return this.desk.stop();
  }

  /** A choreographed order that has just been placed. */
  async order(serviceLevel: ServiceLevelName = 'standard'): Promise<OrderId> {
    const orderId = await this.desk.newOrder();
    await sql`update orders.orders set coordination = 'choreographed',
      service_level = ${serviceLevel} where id = ${orderId}`.execute(this.desk.database);
    await this.desk.tell(orderId, placed);
    return orderId;
  }

  /** One that has a label, and money set aside. */
  async labelled(serviceLevel?: ServiceLevelName): Promise<OrderId> {
    const orderId = await this.order(serviceLevel);
    await this.desk.tell(orderId, inOneParcel, authorized, { type: 'order.confirmed' });
    await this.desk.tell(orderId, labelOf(orderId));
    await this.run('order');
    return orderId;
  }

  /** Publishes what waits, and has the service react to all of it. */
  async run(name: ServiceName, maxAttempts = 40): Promise<void> {
    const { database } = this.desk;
    await this.desk.publishAll();
    for (const consumer of consumersOf(services[name], this.portsOf)) {
      while ((await consumerRound(database, consumer, { batchSize: 1, maxAttempts })).hasMore);
    }
    await this.desk.publishAll();
  }

  /** Lets all that waits for a time be so much older. */
  async pass(orderId: OrderId, timeMs: number): Promise<void> {
    const passed = sql`${timeMs} * interval '1 millisecond'`;
    await sql`update orders.timeline set at = at - ${passed} where order_id = ${orderId}`.execute(
      this.desk.database,
    );
    await sql`update orders.orders set tracking_overdue_at = tracking_overdue_at - ${passed}
      where id = ${orderId}`.execute(this.desk.database);
  }

  clock(): Promise<void> {
    return clockRound(this.desk.database, this.portsOf);
  }

  async row(orderId: OrderId): Promise<OrderRecord> {
    return (await findOrder(this.desk.database, orderId))!;
  }

  /** When the clock looks at the order's parcels again; null for never. */
  async silentUntil(orderId: OrderId): Promise<Date | null> {
    const { rows } = await sql<{ until: Date | null }>`select tracking_overdue_at as until
      from orders.orders where id = ${orderId}`.execute(this.desk.database);
    return rows[0]!.until;
  }

  async types(orderId: OrderId): Promise<readonly string[]> {
    const { rows } = await sql<{ type: string }>`select type from orders.timeline
      where order_id = ${orderId} order by sequence`.execute(this.desk.database);
    return rows.map(({ type }) => type);
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
