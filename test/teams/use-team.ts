import { sql } from 'kysely';
import { beforeAll } from 'vitest';
import { execute } from '../../src/db/database.js';
import { runGroup } from '../../src/events/consumer-runner.js';
import type { OrderEvent } from '../../src/events/order-event.js';
import type { Team } from '../../src/events/team.js';
import { createTeams } from '../../src/events/teams.js';
import type { OrderId } from '../../src/domain/ids.js';
import { anEvent, useEventLog, type EventLog } from '../events/event-log.js';

/** A team in a database in which there are events, and none of our orders. */
export function useTeam(team: Team) {
  const log = useEventLog();
  beforeAll(async () => {
    await sql`drop schema orders, inventory, loyalty cascade`.execute(log.database);
    await execute(
      log.database,
    )`alter table events.quarantined alter column id set default gen_random_uuid()::text`;
    await createTeams(log.database, [team]);
  });
  return {
    log,
    /** Publishes the events, and lets the team take them in batches of that size. */
    take: async (events: readonly OrderEvent[], batchSize = 500): Promise<void> => {
      await log.publish(events);
      while ((await runGroup(log.database, team, { batchSize })) > 0);
    },
    /** What a page of the team answers at an address such as `/v1/sellers/sel_1/orders?limit=1`. */
    ask: (address: string): Promise<unknown> => answerOf(log, team, address),
    quarantined: () => log.quarantined(),
  };
}

async function answerOf({ database }: EventLog, { pages }: Team, address: string) {
  const url = new URL(address, 'http://127.0.0.1');
  for (const page of pages) {
    const pattern = new RegExp(`^${page.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
    const parameters = pattern.exec(url.pathname);
    if (parameters === null) continue;
    const query = Object.fromEntries(url.searchParams);
    page.query?.parse(query);
    return page.answer(database, { parameters: { ...parameters.groups }, query });
  }
  throw new Error(`There is no page at ${address}`);
}

const euros = (amount: number) => ({ amount_minor: amount, currency: 'EUR' });

/** `order.placed` of a member, one line for each SKU. */
export const placed = (
  orderId: OrderId,
  lines: readonly { sku: string; quantity?: number; seller?: string }[],
  customer = 'cus_42',
): OrderEvent =>
  anEvent(orderId, 1, 'order.placed', {
    customer_id: customer,
    is_member: true,
    total: euros(2_000),
    lines: lines.map(({ sku, quantity = 1, seller = 'sel_1' }, index) => ({
      line_number: index + 1,
      sku,
      quantity,
      seller_id: seller,
      amount: euros(1_000),
    })),
  });

/** Events that follow the placing, numbered from 2 on. */
export const after = (
  orderId: OrderId,
  ...steps: readonly (readonly [type: string, data?: object])[]
): OrderEvent[] => steps.map(([type, data = {}], index) => anEvent(orderId, index + 2, type, data));
