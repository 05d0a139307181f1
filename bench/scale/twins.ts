import { choosePorts } from '../../src/up/ports.js';
import { ApiClient } from '../harness/api-client.js';
import { closedLoop } from '../harness/load.js';
import type { Stack } from '../harness/stack.js';
import { sumOf } from '../harness/statistics.js';
import { api, sandbox, startSystem, worker, type Member, type System } from '../harness/system.js';
import { outside, spentDuring } from '../harness/usage.js';
import { watchOrders } from '../harness/watch.js';
import { readLedgers, stockDifferences } from '../ledgers/read.js';
import { brokenRules } from '../ledgers/rules.js';
import type { ScaleOptions } from '../options.js';
import { buyerOf, cards, endLimitMs } from '../target.js';
import { findingsIn, untilAtRest } from './check.js';
import type { TwinRun } from './report.js';

const moveMs = 150;

/** Two workers, two relays and two APIs at once, each API taking half of the orders. */
export async function measureTwins(stack: Stack, options: ScaleOptions): Promise<TwinRun> {
  const { api: secondPort } = await choosePorts('free');
  const second = (member: Member, environment: Member['environment'] = {}): Member => ({
    ...{ ...member, name: `${member.role}_2` },
    environment: { ...member.environment, ...environment },
  });
  const relay: Member = { role: 'relay' };
  const members = [
    ...[sandbox(moveMs), worker, relay, api],
    ...[second(worker, { WORKER_METRICS_ADDRESS: '' }), second(relay)],
    second(api, { API_PORT: String(secondPort) }),
  ];
  const system = await startSystem(stack, members);
  const watch = watchOrders(system.pool);
  const clients = [system.apiUrl, `http://127.0.0.1:${secondPort}`].map(
    (url) => new ApiClient(url),
  );
  const carry = async (index: number) => {
    const card = { payment_method: cards[index % cards.length] };
    const placed = await clients[index % 2]!.place({ ...buyerOf(index), member: true }, card);
    await watch.waitFor(placed.orderId, ({ isEnded }) => isEnded, endLimitMs);
    return placed;
  };
  try {
    await closedLoop(options.concurrency, options.concurrency, carry);
    const beganMs = performance.now();
    const spent = await spentDuring(stack, system, () =>
      closedLoop(options.orders, options.concurrency, carry),
    );
    const elapsedMs = performance.now() - beganMs;
    const ofService = Object.entries(spent.cpuMs).filter(
      ([name]) => !outside.some((one) => one === name),
    );
    return {
      orders: options.orders,
      perSecond: (1_000 * options.orders) / elapsedMs,
      serviceCpuMs: sumOf(ofService.map(([, ms]) => ms)) / options.orders,
      checks: await checked(system, spent.result),
    };
  } finally {
    await watch.stop();
    await system.stopGently();
  }
}

type Placed = Awaited<ReturnType<ApiClient['place']>>;

async function checked(system: System, placed: readonly Placed[]): Promise<TwinRun['checks']> {
  const { client, pool } = system;
  const orderIds = placed.map(({ orderId }) => orderId);
  await Promise.all(orderIds.map((orderId) => client.workflow.getHandle(orderId).result()));
  await untilAtRest(pool);
  const evidenceOf = await readLedgers(system, orderIds, true);
  const broken = placed.filter(({ orderId, totalMinor }) => {
    const sent = { orderId, totalMinor, isMember: true, excuses: [], cancelStatus: undefined };
    return brokenRules(evidenceOf(sent)).length > 0;
  });
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::integer as count from orders.orders
      where id = any($1) and status <> 'delivered'`,
    [orderIds],
  );
  return [
    { what: 'orders that were not delivered', differences: rows[0]?.count ?? 0 },
    {
      what: "orders whose payments, labels, mails or points in the providers' ledgers and ours differ",
      differences: broken.length,
    },
    {
      what: 'places whose stock does not agree',
      differences: (await stockDifferences(pool)).length,
    },
    { what: 'gaps in timelines, log and positions', differences: (await findingsIn(pool)).length },
  ];
}
