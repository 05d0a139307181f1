import { sql, type Kysely } from 'kysely';
import { z } from 'zod';
import type { TeamPage } from '../../events/team.js';
import type { Milestone } from './milestones.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const longestMs = 31 * dayMs;

const query = z
  .strictObject({ from: z.iso.datetime().optional(), until: z.iso.datetime().optional() })
  .refine((asked) => isRange(rangeOf(asked)), {
    path: ['from'],
    message: 'must be before until, by 31 days at the most',
  });

/** The figures of the orders that were placed from a time on and before another; the last day. */
export const orderFigures: TeamPage = {
  path: '/v1/analytics/orders',
  query,
  answer: async (database, { query: asked }) => {
    const range = rangeOf(asked);
    const [hours, stages, totals] = await Promise.all([
      hoursOf(database, range),
      stagesOf(database, range),
      totalsOf(database, range),
    ]);
    return {
      object: 'order_figures',
      from: range.from.toISOString(),
      until: range.until.toISOString(),
      ...totals,
      hours,
      stages,
    };
  },
};

interface Range {
  readonly from: Date;
  readonly until: Date;
}

interface Asked {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

function rangeOf(asked: Asked): Range {
  const until = asked.until === undefined ? new Date() : new Date(asked.until);
  const from = asked.from === undefined ? new Date(until.getTime() - dayMs) : new Date(asked.from);
  return { from, until };
}

function isRange({ from, until }: Range): boolean {
  const lengthMs = until.getTime() - from.getTime();
  return lengthMs > 0 && lengthMs <= longestMs;
}

const within = ({ from, until }: Range) => sql`placed_at >= ${from} and placed_at < ${until}`;

async function hoursOf(database: Kysely<unknown>, range: Range) {
  const { rows } = await sql<{ hour: Date; orders: number; compensated: number }>`
    select date_trunc('hour', placed_at, 'UTC') as hour, count(*)::integer as orders,
      count(compensated_at)::integer as compensated
    from analytics.orders where ${within(range)} group by 1 order by 1
  `.execute(database);
  return rows.map(({ hour, ...figures }) => ({ hour: hour.toISOString(), ...figures }));
}

async function totalsOf(database: Kysely<unknown>, range: Range) {
  const { rows } = await sql<{ orders: number; compensated: number }>`
    select count(*)::integer as orders, count(compensated_at)::integer as compensated
    from analytics.orders where ${within(range)}
  `.execute(database);
  const { orders, compensated } = rows[0] ?? { orders: 0, compensated: 0 };
  return {
    orders,
    compensated: { orders: compensated, share: orders === 0 ? 0 : compensated / orders },
  };
}

const stages: readonly (readonly [from: Milestone, to: Milestone])[] = [
  ['placed', 'reserved'],
  ['reserved', 'authorized'],
  ['authorized', 'confirmed'],
  ['confirmed', 'handed_over'],
  ['handed_over', 'delivered'],
  ['placed', 'delivered'],
];

/** The database counts finer than its clock is worth. */
const toMilliseconds = (seconds: number | undefined): number | null =>
  seconds === undefined ? null : Math.round(seconds * 1_000) / 1_000;

async function stagesOf(database: Kysely<unknown>, range: Range) {
  const values = stages.map(
    ([from, to], place) =>
      sql`(${sql.lit(place)}, ${sql.ref(`${to}_at`)} - ${sql.ref(`${from}_at`)})`,
  );
  const { rows } = await sql<{ place: number; orders: number; p50: number; p95: number }>`
    select place, count(*)::integer as orders,
      percentile_cont(0.5) within group (order by extract(epoch from length)) as p50,
      percentile_cont(0.95) within group (order by extract(epoch from length)) as p95
    from analytics.orders, lateral (values ${sql.join(values)}) as stage (place, length)
    where ${within(range)} and length is not null group by place
  `.execute(database);
  return stages.map(([from, to], index) => {
    const row = rows.find(({ place }) => place === index);
    return {
      from,
      to,
      orders: row?.orders ?? 0,
      p50_seconds: toMilliseconds(row?.p50),
      p95_seconds: toMilliseconds(row?.p95),
    };
  });
}
