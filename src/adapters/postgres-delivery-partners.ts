import { sql } from 'kysely';
import type { DeliveryPartners } from '../activities/ports.js';
import type { Database } from '../db/database.js';
import { ask } from './postgres-errors.js';

/** Partners and who carries what; a partner that serves the country takes the order. */
export const postgresDeliveryPartners = (database: Database): DeliveryPartners => ({
  assign: (orderId, country) =>
    ask(async () => {
      const { rows } = await sql<{ partner_id: string | null }>`
        with made as (
          insert into orders.delivery_assignments (order_id, partner_id)
          select ${orderId}, partner.id from orders.delivery_partners partner
          where ${country} = any (partner.countries)
          order by partner.id limit 1
          on conflict do nothing
          returning partner_id
        )
        select partner_id from made
        union all
        select partner_id from orders.delivery_assignments
        where order_id = ${orderId} and released_at is null
      `.execute(database);
      const partnerId = rows[0]?.partner_id;
      return partnerId == null ? undefined : { partnerId };
    }),

  release: (orderId) =>
    ask(async () => {
      // Without an assignment this leaves a released one, so that a late assign does nothing.
      const { rows } = await sql<{ partner_id: string | null }>`
        insert into orders.delivery_assignments as assignment (order_id, released_at)
        values (${orderId}, clock_timestamp())
        on conflict (order_id) do update
          set released_at = coalesce(assignment.released_at, excluded.released_at)
        returning partner_id
      `.execute(database);
      return rows[0]?.partner_id == null ? { kind: 'nothing_to_undo' } : { kind: 'undone' };
    }),
});
