import { join } from 'node:path';
import { typeid } from 'typeid-js';
import { inheritedEnvironment } from '../../src/config.js';
import { waitFor } from '../../src/runtime/deadline.js';
import { sleepUntil } from '../harness/load.js';
import { machineInWords, type Machine } from '../harness/machine.js';
import { decimal, markdownTable } from '../harness/markdown.js';
import { openPool, type Stack } from '../harness/stack.js';
import { SupervisedProcess } from '../harness/supervised-process.js';
import { rolePart } from '../../src/up/roles.js';
import { benchScript } from '../harness/system.js';
import { cpuOf, cpuOfTree } from '../harness/usage.js';

const limitMs = 10 * 60_000;
const lookMs = 20;
/** Writers side by side, so that commits overlap as they do in the service. */
const writers = 4;

/** An order's usual facts, as the outbox has them; every order of the benchmark has these ten. */
const amount = { amountMinor: 1780, currency: 'EUR' };
const tea = { lineNumber: 1, sku: 'TEA-100', quantity: 2, sellerId: 'sel_leaf', amount };
const mug = { lineNumber: 2, sku: 'MUG-1', quantity: 1, sellerId: 'sel_clay', amount };
const placed = { total: amount, customerId: 'cus_42', isMember: true, lines: [tea, mug] };
const parcel = { warehouseId: 'wh_hamburg', lines: [{ sku: 'TEA-100', quantity: 2 }] };

const orderFacts: readonly { readonly type: string; readonly data: object }[] = [
  { type: 'order.placed', data: placed },
  { type: 'inventory.reserved', data: { parcels: [parcel] } },
  { type: 'payment.authorized', data: { paymentId: 'pi_1', amount } },
  { type: 'order.confirmed', data: {} },
  { type: 'mail.sent', data: { template: 'order_placed' } },
  { type: 'seller.notified', data: { sellerIds: ['sel_leaf', 'sel_clay'] } },
  { type: 'delivery_partner.assigned', data: { partnerId: 'dp_1' } },
  { type: 'points.awarded', data: { points: 17 } },
  { type: 'payment.captured', data: { amount } },
  { type: 'order.delivered', data: {} },
];

type Bench = Awaited<ReturnType<typeof openBench>>;

export async function openBench(stack: Stack) {
  const pool = openPool(stack.wiring.databaseUrl, 8);
  await pool.query(`create schema bench;
    create table bench.effects (event_id text primary key, order_id text, sequence integer);
    create table bench.offered (order_id text, sequence integer, primary key (order_id, sequence));`);
  return { stack, pool };
}

export async function drain(bench: Bench, events: number) {
  await fill(bench, events);
  const relay = await startRelay(bench);
  const cost = await relay.measured(() => allConsumed(bench, events));
  await relay.stop();
  return { events, ...cost };
}

/** Commits facts at a steady rate, each in a transaction of its own. */
export async function steady(bench: Bench, perSecond: number, seconds: number) {
  const events = perSecond * seconds;
  const run = async (count: number): Promise<void> => {
    await bench.pool.query('truncate bench.effects, bench.offered');
    await offer(bench, count, perSecond);
    await allConsumed(bench, count);
  };
  const relay = await startRelay(bench);
  await run(writers * 10);
  const cost = await relay.measured(() => run(events));
  await relay.stop();
  return { events, perSecond, ...cost, ...(await latencies(bench)) };
}

async function startRelay({ stack }: Bench) {
  const { wiring, logFolder, postgres } = stack;
  // When the work fails, this process ends, and the relay ends when it is disconnected.
  const part = rolePart({
    role: 'relay',
    script: benchScript('events/relay-main.js'),
    args: [wiring.databaseUrl],
    environment: inheritedEnvironment(),
    logFile: join(logFolder, 'relay.log'),
  });
  const relay = await SupervisedProcess.start(part);
  const cpu = () => ({ relay: cpuOf(relay.pid), postgres: cpuOfTree(postgres.pid) });
  /** CPU time of the relay's process and of Postgres with all of its own; in milliseconds. */
  const measured = async (part: () => Promise<void>) => {
    const before = cpu();
    const startedAt = performance.now();
    await part();
    const elapsedMs = performance.now() - startedAt;
    const after = cpu();
    const relayCpuMs = after.relay - before.relay;
    return { elapsedMs, relayCpuMs, postgresCpuMs: after.postgres - before.postgres };
  };
  return { measured, stop: () => relay.stopGently() };
}

async function fill({ pool }: Bench, events: number): Promise<void> {
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

async function allConsumed({ pool }: Bench, events: number): Promise<void> {
  const look = async () => {
    const { rows } = await pool.query<{ n: number }>('select count(*)::int n from bench.effects');
    return (rows[0]?.n ?? 0) >= events;
  };
  await waitFor(look, { what: `${events} events to be consumed`, limitMs, intervalMs: lookMs });
}

async function offer(bench: Bench, events: number, perSecond: number): Promise<void> {
  const startedAt = performance.now();
  const sequencesOf = (writer: number) =>
    Array.from({ length: Math.ceil((events - writer) / writers) }, (_, n) => n);
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      let orderId = newId();
      for (const n of sequencesOf(writer)) {
        const sequence = (n % orderFacts.length) + 1;
        if (sequence === 1) orderId = newId();
        await sleepUntil(startedAt + ((n * writers + writer) * 1_000) / perSecond);
        await commit(bench, orderId, sequence);
      }
    }),
  );
}

async function commit({ pool }: Bench, orderId: string, sequence: number): Promise<void> {
  const fact = orderFacts[sequence - 1];
  await pool.query(
    `with offered as (insert into bench.offered (order_id, sequence) values ($1, $2))
      insert into orders.outbox (order_id, sequence, type, data, at)
      values ($1, $2, $3, $4, clock_timestamp())`,
    [orderId, sequence, fact?.type, JSON.stringify(fact?.data)],
  );
}

async function latencies({ pool }: Bench) {
  const { rows } = await pool.query<Record<'p50Ms' | 'p95Ms' | 'p99Ms' | 'maxMs', number>>(`
    with waits as (
      select extract(epoch from pg_xact_commit_timestamp(effects.xmin)
        - pg_xact_commit_timestamp(offered.xmin))::float8 * 1000 as ms
      from bench.offered join bench.effects using (order_id, sequence)
    )
    select percentile_cont(0.5) within group (order by ms) as "p50Ms",
      percentile_cont(0.95) within group (order by ms) as "p95Ms",
      percentile_cont(0.99) within group (order by ms) as "p99Ms", max(ms) as "maxMs"
    from waits`);
  return rows[0]!;
}

const newId = (): string => typeid('ord').toString();

type Drain = Awaited<ReturnType<typeof drain>>;

export interface EventReport {
  readonly at: string;
  readonly machine: Machine;
  readonly backlog: Drain;
  /** Facts at a steady rate: from the commit of each to the commit of its consumer. */
  readonly steady: Awaited<ReturnType<typeof steady>>;
  /** The same at a rate at which each comes alone; absent in older files. */
  readonly alone?: Awaited<ReturnType<typeof steady>>;
}

export function eventBlock({ at, machine, backlog, steady, alone }: EventReport): string {
  const conditions =
    `Taken ${at.slice(0, 10)} on ${machineInWords(machine)}; ` +
    `latency over ${steady.events} facts at ${steady.perSecond} per second.`;
  const cpuRows = (cost: Drain) => [
    ['– CPU of the relay, % of a core', share(cost, cost.relayCpuMs), ''],
    ['– CPU of Postgres, % of a core', share(cost, cost.postgresCpuMs), ''],
  ];
  const rate = Math.round((backlog.events * 1_000) / backlog.elapsedMs);
  const table = markdownTable([
    ['', 'measured', 'goal'],
    ['backlog emptied, facts', String(backlog.events), '100000'],
    ['– events per second', String(rate), '≥ 1000'],
    ...cpuRows(backlog),
    [`at ${steady.perSecond} per second: commit → consumer, p50 ms`, decimal(steady.p50Ms), ''],
    ['– p95 ms', decimal(steady.p95Ms), ''],
    ['– p99 ms', decimal(steady.p99Ms), '≤ 400'],
    ['– longest ms', decimal(steady.maxMs), ''],
    ...cpuRows(steady),
    ...(alone === undefined
      ? []
      : [
          [`${alone.perSecond} per second: commit → consumer, p50 ms`, decimal(alone.p50Ms), ''],
          ['– p99 ms', decimal(alone.p99Ms), '≤ 50'],
          ...cpuRows(alone),
        ]),
  ]);
  return `${conditions}\n\n${table}`;
}

const share = ({ elapsedMs }: Drain, cpuMs: number): string => decimal((cpuMs * 100) / elapsedMs);
