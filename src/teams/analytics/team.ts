import { sql } from 'kysely';
import type { Team } from '../../events/team.js';
import { milestones, milestoneTypes, waysOf } from './milestones.js';
import { orderFigures } from './page.js';

const columns = milestones.map((milestone) => `${milestone}_at`);

/** Orders per hour, how long each stage takes, and how many orders were taken back. */
export const team: Team = {
  name: 'analytics',
  schema: 'analytics',
  types: milestoneTypes,
  create: async (database) => {
    await sql`
      create schema if not exists analytics;
      create table if not exists analytics.orders (
        order_id text primary key,
        ${sql.raw(columns.map((column) => `${column} timestamptz`).join(', '))}
      );
      create index if not exists orders_by_time on analytics.orders (placed_at);
    `.execute(database);
  },
  // Events come in the order of their order, so what is written already was first.
  apply: async (transaction, events) => {
    const ways = [...waysOf(events)].map(([order_id, way]) => ({
      order_id,
      ...Object.fromEntries(Object.entries(way).map(([name, time]) => [`${name}_at`, time])),
    }));
    if (ways.length === 0) return;
    const first = columns.map(
      (column) => `${column} = coalesce(known.${column}, excluded.${column})`,
    );
    await sql`
      insert into analytics.orders as known (order_id, ${sql.raw(columns.join(', '))})
      select order_id, ${sql.raw(columns.join(', '))}
      from jsonb_populate_recordset(null::analytics.orders, ${JSON.stringify(ways)}::jsonb)
      on conflict (order_id) do update set ${sql.raw(first.join(', '))}
    `.execute(transaction);
  },
  pages: [orderFigures],
};
