import type pg from 'pg';
import { endingOf, finalFacts } from './mix.js';
import type { Trip } from './report.js';

/** What the service's own tables tell about the orders of one round. */
export interface Story {
  readonly trips: readonly Trip[];
  readonly timelineEntries: number;
  readonly earlyWebhooks: number;
}

export const withoutStory = (trips: readonly Trip[]): Story => ({
  trips,
  timelineEntries: 0,
  earlyWebhooks: 0,
});

/** Adds the times that stand in the orders' timelines. */
export async function storyOf(pool: pg.Pool, trips: readonly Trip[]): Promise<Story> {
  const orderIds = trips.map(({ orderId }) => orderId);
  const milestones = await milestonesOf(pool, orderIds);
  const found = new Map(milestones.map((row) => [row.id, row]));
  return {
    trips: trips.map((trip) => ({ ...trip, ...since(trip, found.get(trip.orderId)) })),
    timelineEntries: milestones.reduce((sum, { entries }) => sum + entries, 0),
    earlyWebhooks: await earlyWebhooks(pool, orderIds),
  };
}

interface Milestones {
  readonly id: string;
  readonly entries: number;
  readonly confirmedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** The types of all facts in the timeline. */
  readonly facts: readonly string[];
}

async function milestonesOf(
  pool: pg.Pool,
  orderIds: readonly string[],
): Promise<readonly Milestones[]> {
  const { rows } = await pool.query<Milestones>(
    `select /* bench */ order_id as id, count(*)::float8 as entries,
      1000 * extract(epoch from min(at) filter (where type = 'order.confirmed'))::float8
        as "confirmedAtMs",
      1000 * extract(epoch from max(at) filter (where type = any($2)))::float8 as "endedAtMs",
      array_agg(type) as facts
      from orders.timeline where order_id = any($1) group by order_id`,
    [orderIds, finalFacts],
  );
  return rows;
}

/** The relay waits some seconds before it takes such a webhook, so a slow receiver is none. */
async function earlyWebhooks(pool: pg.Pool, orderIds: readonly string[]): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select /* bench */ count(*)::float8 as count from orders.incoming_webhooks w
      join orders.shipments s on s.tracking_number = w.message ->> 'trackingNumber'
      where w.provider = 'carrier' and s.order_id = any($1)
        and coalesce(w.notified_at, w.delivered_at, 'infinity') > w.received_at + interval '4 seconds'`,
    [orderIds],
  );
  return rows[0]?.count ?? 0;
}

/** An order that did not go the way that it was to go has no end that counts. */
function since({ sentAtMs, path }: Trip, row: Milestones | undefined): Partial<Trip> {
  const { confirmedAtMs = null, endedAtMs = null, facts = [] } = row ?? {};
  const ending = endingOf(path ?? 'plain', facts);
  return {
    ...(confirmedAtMs !== null && { confirmedAfterMs: confirmedAtMs - sentAtMs }),
    ...(ending !== undefined && endedAtMs !== null && { endedAfterMs: endedAtMs - sentAtMs }),
    ...(path !== undefined && ending !== undefined && { ending }),
  };
}
