import { allRows, oneRow, type Database } from '../db/database.js';

/** How far one consumer is behind the log. */
interface ConsumerLag {
  readonly consumer: string;
  readonly events: number;
  /** Since when the first of these is published, in seconds; 0 when there is none. */
  readonly seconds: number;
}

interface QuarantinedCount {
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
  readonly quarantined: readonly QuarantinedCount[];
  readonly webhooks: WebhookFigures;
}

export async function readEventLag(database: Database): Promise<EventLag> {
  const [publishing, consumers, quarantined, webhooks] = await Promise.all([
    publishingLag(database),
    consumerLags(database),
    quarantinedCounts(database),
    readWebhookFigures(database),
  ]);
  return { ...publishing, consumers, quarantined, webhooks };
}

type PublishingLag = Omit<EventLag, 'consumers' | 'quarantined' | 'webhooks'>;

const publishingLag = (database: Database) =>
  oneRow<PublishingLag>(database)`
    select (select count(*) from orders.outbox) as waiting,
      coalesce(extract(epoch from clock_timestamp() - (
        select at from orders.outbox
        where order_id <> all (array(select order_id from events.unpublished))
        order by id limit 1))::float8, 0) as "oldestSeconds",
      (select count(*) from events.unpublished held where exists (
        select from orders.outbox fact where fact.order_id = held.order_id)) as "heldOrders",
      position
    from events.head`;

const consumerLags = (database: Database) =>
  allRows<ConsumerLag>(database)`
    select name as consumer, head.position - consumer.position as events,
      coalesce(extract(epoch from clock_timestamp() - (
        select published_at from events.history
        where history.position = consumer.position + 1))::float8, 0) as seconds
    from events.groups consumer, events.head order by name`;

const quarantinedCounts = (database: Database) =>
  allRows<QuarantinedCount>(database)`
    select group_name as consumer, state, count(*) as events
    from events.quarantined group by group_name, state`;

/** How many there are of each; a circuit is open while nothing may be sent to an enabled endpoint. */
interface WebhookFigures {
  readonly endpoints: {
    readonly enabled: number;
    readonly disabled: number;
    readonly open: number;
  };
  /** Messages to be sent, and messages whose tries are used up. */
  readonly deliveries: { readonly waiting: number; readonly dead: number };
}

const readWebhookFigures = (database: Database) =>
  oneRow<WebhookFigures>(database)`
    select
      (select json_build_object(
          'enabled', count(*) filter (where state = 'enabled'),
          'disabled', count(*) filter (where state = 'disabled'),
          'open', count(*) filter (
            where state = 'enabled' and circuit_open_until > clock_timestamp()))
        from events.webhook_endpoints) as endpoints,
      json_build_object(
        'waiting', (select count(*) from events.webhook_deliveries where state = 'waiting'),
        'dead', (select count(*) from events.webhook_deliveries where state = 'dead')) as deliveries`;
