import type pg from 'pg';
import { closedLoop, openLoop } from './harness/load.js';
import type { System } from './harness/system.js';
import { waitFor } from '../src/runtime/deadline.js';
import type { Run, Trip } from './report.js';
import type { Drive } from './target.js';

export type Afterwards = (load: {
  readonly system: System;
  readonly drive: Drive;
  readonly concurrency: number;
  /** The rate that was reached. */
  readonly perMs: number;
}) => Promise<Partial<Pick<Run, 'acceptedAtHalfPeakMs' | 'consumedAfterMs'>>>;

/** Enough for a 99th percentile over two rounds. */
const answersTimed = 100;
/** Each has nearly twenty facts, and each fact some consumers. */
const ordersConsumed = 64;

export const timedAfterwards: Afterwards = async ({ system, drive, concurrency, perMs }) => {
  const trips = await openLoop(answersTimed, (1_000 * perMs) / 2, drive);
  return {
    acceptedAtHalfPeakMs: trips.map(({ acceptedAfterMs }) => Math.round(acceptedAfterMs * 10) / 10),
    consumedAfterMs: await consumedAfter(system.pool, () =>
      closedLoop(ordersConsumed, concurrency, drive),
    ),
  };
};

const caughtUpLimitMs = 30_000;

/** A consumer's position moves in the transaction of its effects, so each move says when they were committed. */
const noteMoves = `
  create schema bench;
  create table bench.moves (group_name text not null, position bigint not null);
  create index on bench.moves (group_name, position);
  create function bench.note_move() returns trigger language plpgsql as $$
  begin
    insert into bench.moves values (new.name, new.position);
    return null;
  end $$;
  create trigger moves_noted after update of position on events.groups
    for each row when (new.position > old.position) execute function bench.note_move()`;

const noteNoMoreMoves = 'drop trigger moves_noted on events.groups; drop schema bench cascade';

const waits = `select /* bench */ (1000 * extract(epoch from
    pg_xact_commit_timestamp(move.xmin) - pg_xact_commit_timestamp(fact.xmin)))::float8 as ms
  from orders.timeline fact
  join events.log using (order_id, sequence)
  cross join events.groups consumer
  cross join lateral (
    select m.xmin from bench.moves m
    where m.group_name = consumer.name and m.position >= log.position
    order by m.position limit 1
  ) move
  where fact.order_id = any($1)`;

/**
 * How long each fact of the orders took from its commit to that of each consumer's effect, in
 * milliseconds. Noting this makes the consumers dearer, so it has to be left out of all other figures.
 */
async function consumedAfter(
  pool: pg.Pool,
  load: () => Promise<readonly Trip[]>,
): Promise<readonly number[]> {
  await pool.query(noteMoves);
  try {
    const orderIds = (await load()).map(({ orderId }) => orderId);
    await untilCaughtUp(pool);
    const { rows } = await pool.query<{ ms: number }>(waits, [orderIds]);
    return rows.map(({ ms }) => Math.round(ms));
  } finally {
    await pool.query(noteNoMoreMoves);
  }
}

/** Every fact is published, and every consumer has read it. */
export async function untilCaughtUp(pool: pg.Pool): Promise<void> {
  const what = 'the consumers to have caught up';
  await waitFor(() => isCaughtUp(pool), { what, limitMs: caughtUpLimitMs });
}

async function isCaughtUp(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ done: boolean }>(
    `select /* bench */ not exists (select from orders.outbox) and not exists (
      select from events.groups g, events.head h where g.position < h.position) as done`,
  );
  return rows[0]?.done ?? false;
}
