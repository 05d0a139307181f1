import { sql } from 'kysely';
import type { Database } from '../db/database.js';
import { readWebhookFigures, type WebhookFigures } from './webhooks/figures.js';

/** How far one consumer is behind the log. */
interface ConsumerLag {
  readonly consumer: string;
  readonly events: number;
  /** Since when the first of these is published, in seconds; 0 when there is none. */
  readonly seconds: number;
}

interface ParkedCount {
  readonly consumer: string;
  readonly state: 'retrying' | 'held' | 'dead' | 'discarded';
  readonly events: number;
}

/** How far events are behind their facts, and consumers behind events. */
export interface EventLag {
  /** Facts in the outbox. */
  readonly waiting: number;
  /** The age of the oldest of them, leaving out those of orders that are held back; 0 for none. */
  readonly oldestSeconds: number;
  /** Orders whose next fact cannot be published. */
  readonly heldOrders: number;
  /** How many events were published ever. */
  readonly position: number;
  readonly consumers: readonly ConsumerLag[];
  readonly parked: readonly ParkedCount[];
  readonly webhooks: WebhookFigures;
}

export async function readEventLag(database: Database): Promise<EventLag> {
  const [publishing, consumers, parked, webhooks] = await Promise.all([
    publishingLag(database),
    consumerLags(database),
    parkedCounts(database),
    readWebhookFigures(database),
  ]);
  return { ...publishing, consumers, parked, webhooks };
}

type PublishingLag = Omit<EventLag, 'consumers' | 'parked' | 'webhooks'>;

async function publishingLag(database: Database): Promise<PublishingLag> {
  const { rows } = await sql<PublishingLag>`
    select (select count(*) from orders.outbox) as waiting,
      coalesce(extract(epoch from clock_timestamp() - (
        select at from orders.outbox
        where order_id <> all (array(select order_id from events.unpublished))
        order by id limit 1))::float8, 0) as "oldestSeconds",
      (select count(*) from events.unpublished held where exists (
        select from orders.outbox fact where fact.order_id = held.order_id)) as "heldOrders",
      position
    from events.head`.execute(database);
  const [lag] = rows;
  if (lag === undefined) throw new Error('The log has no head');
  return lag;
}

async function consumerLags(database: Database): Promise<readonly ConsumerLag[]> {
  const { rows } = await sql<ConsumerLag>`
    select name as consumer, head.position - consumer.position as events,
      coalesce(extract(epoch from clock_timestamp() - (
        select published_at from events.history
        where history.position = consumer.position + 1))::float8, 0) as seconds
    from events.groups consumer, events.head order by name`.execute(database);
  return rows;
}

async function parkedCounts(database: Database): Promise<readonly ParkedCount[]> {
  const { rows } = await sql<ParkedCount>`
    select group_name as consumer, state, count(*) as events
    from events.quarantined group by group_name, state`.execute(database);
  return rows;
}
