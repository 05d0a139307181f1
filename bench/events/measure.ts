import { setTimeout as sleep } from 'node:timers/promises';
import { typeid } from 'typeid-js';
import { orderFacts } from './facts.js';
import type { EventGround, Relay } from './ground.js';
import type { Cost, Drain, Steady } from './report.js';

const limitMs = 10 * 60_000;
const lookMs = 20;
/** Writers side by side, so that commits overlap as they do in the service. */
const writers = 4;

/** Fills the outbox while nobody reads it, then starts a relay and waits until all is consumed. */
export async function drain(ground: EventGround, events: number): Promise<Drain> {
  await fill(ground, events);
  return withRelay(ground, async (measured) => {
    const cost = await measured(() => untilConsumed(ground, events));
    return { events, ...cost };
  });
}

/** Commits facts at a steady rate, each in a transaction of its own. */
export async function steady(
  ground: EventGround,
  perSecond: number,
  seconds: number,
): Promise<Steady> {
  await ground.pool.query('truncate bench.effects, bench.offered');
  const events = perSecond * seconds;
  return withRelay(ground, async (measured) => {
    await offer(ground, writers * 10, perSecond);
    await untilConsumed(ground, writers * 10);
    await ground.pool.query('truncate bench.effects, bench.offered');
    const cost = await measured(async () => {
      await offer(ground, events, perSecond);
      await untilConsumed(ground, events);
    });
    return { events, perSecond, ...cost, ...(await latencies(ground)) };
  });
}

async function withRelay<Result>(
  ground: EventGround,
  work: (measured: (part: () => Promise<void>) => Promise<Cost>) => Promise<Result>,
): Promise<Result> {
  const relay = await ground.startRelay();
  try {
    return await work((part) => costOf(ground, relay, part));
  } finally {
    await relay.stop();
  }
}

async function costOf(ground: EventGround, relay: Relay, part: () => Promise<void>): Promise<Cost> {
  const before = ground.cpuMs(relay);
  const startedAt = performance.now();
  await part();
  const elapsedMs = performance.now() - startedAt;
  const after = ground.cpuMs(relay);
  return {
    elapsedMs,
    relayCpuMs: after.relay - before.relay,
    postgresCpuMs: after.postgres - before.postgres,
  };
}

async function fill({ pool }: EventGround, events: number): Promise<void> {
  const orderIds = Array.from({ length: Math.ceil(events / orderFacts.length) }, () => newId());
  await pool.query(
    `insert into orders.outbox (order_id, sequence, type, data, at)
      select order_id, n, fact ->> 'type', fact -> 'data', clock_timestamp()
      from unnest($1::text[]) with ordinality placed (order_id, place),
        jsonb_array_elements($2::jsonb) with ordinality facts (fact, n)
      order by place, n limit $3`,
    [orderIds, JSON.stringify(orderFacts), events],
  );
  await pool.query('analyze orders.outbox');
}

/** Waits until every fact has had its effect. @throws Error when that takes too long */
async function untilConsumed({ pool }: EventGround, events: number): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    const { rows } = await pool.query<{ n: number }>(
      'select count(*)::integer as n from bench.effects',
    );
    if ((rows[0]?.n ?? 0) >= events) return;
    if (Date.now() > end) throw new Error(`Only ${rows[0]?.n ?? 0} of ${events} were consumed`);
    await sleep(lookMs);
  }
}

async function offer(ground: EventGround, events: number, perSecond: number): Promise<void> {
  const startedAt = performance.now();
  const sequencesOf = (writer: number) =>
    Array.from({ length: Math.ceil((events - writer) / writers) }, (_, n) => n);
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      let orderId = newId();
      for (const n of sequencesOf(writer)) {
        const sequence = (n % orderFacts.length) + 1;
        if (sequence === 1) orderId = newId();
        const dueMs = ((n * writers + writer) * 1_000) / perSecond;
        await sleep(Math.max(0, startedAt + dueMs - performance.now()));
        await commit(ground, orderId, sequence);
      }
    }),
  );
}

async function commit({ pool }: EventGround, orderId: string, sequence: number): Promise<void> {
  const fact = orderFacts[sequence - 1];
  await pool.query(
    `with offered as (insert into bench.offered (order_id, sequence) values ($1, $2))
      insert into orders.outbox (order_id, sequence, type, data, at)
      values ($1, $2, $3, $4, clock_timestamp())`,
    [orderId, sequence, fact?.type, JSON.stringify(fact?.data)],
  );
}

async function latencies({
  pool,
}: EventGround): Promise<Pick<Steady, 'p50Ms' | 'p95Ms' | 'p99Ms' | 'maxMs'>> {
  const { rows } = await pool.query<Pick<Steady, 'p50Ms' | 'p95Ms' | 'p99Ms' | 'maxMs'>>(`
    with waits as (
      select extract(epoch from pg_xact_commit_timestamp(effects.xmin)
        - pg_xact_commit_timestamp(offered.xmin))::float8 * 1000 as ms
      from bench.offered join bench.effects using (order_id, sequence)
    )
    select percentile_cont(0.5) within group (order by ms) as "p50Ms",
      percentile_cont(0.95) within group (order by ms) as "p95Ms",
      percentile_cont(0.99) within group (order by ms) as "p99Ms", max(ms) as "maxMs"
    from waits`);
  const [figures] = rows;
  if (figures === undefined) throw new Error('A select of aggregates gave no row');
  return figures;
}

const newId = (): string => typeid('ord').toString();
