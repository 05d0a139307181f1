import { closedLoop, endLimitMs } from '../load.js';
import { sumOf } from '../mean.js';
import { postgresFigures, sandboxBackends, spent } from '../postgres.js';
import { cpuOf, cpuOfTree } from '../processes.js';
import type { PostgresFigures } from '../report.js';
import { orderEnds } from '../watch.js';
import { openCell, type Cell } from './cell.js';
import type { Arm } from './arms.js';
import type { Cost } from './data/cost.js';
import type { Ground } from './ground.js';
import { scheduleOf } from './schedule.js';
import type { OrderPlan } from './schedule/plans.js';

type Measured = Omit<Cost, 'round'>;

/** As many as keep the machine busy. */
const concurrency = 16;
/** Fast, so that no order waits for its parcel. */
const pace = { pickUpMs: 100, stepMs: 100 };

/**
 * What orders cost when nothing goes wrong, at full load, seed by seed.
 * @throws Error when one of them does not end
 */
export async function measureCost(
  ground: Ground,
  arm: Arm,
  seeds: readonly number[],
  orders: number,
  onMeasured: (cost: Measured) => Promise<void>,
): Promise<void> {
  const cell = await openCell(ground, { arm, fault: 'none', plans: [], pace });
  try {
    await load(cell, scheduleOf(0, 'none', 2 * concurrency).orders);
    for (const seed of seeds) {
      await onMeasured(await measureSeed(cell, seed, scheduleOf(seed, 'none', orders).orders));
    }
  } finally {
    await cell.stop();
  }
}

async function measureSeed(
  cell: Cell,
  seed: number,
  orders: readonly OrderPlan[],
): Promise<Measured> {
  const before = await snapshot(cell);
  const beganMs = performance.now();
  await load(cell, orders);
  const elapsedMs = performance.now() - beganMs;
  const after = await snapshot(cell);
  const { writeTransactions, walBytes } = spent(before.postgres, after.postgres);
  return {
    arm: cell.arm.name,
    seed,
    orders: orders.length,
    ordersPerSecond: (1_000 * orders.length) / elapsedMs,
    cpuMsPerOrder: (after.cpuMs - before.cpuMs) / orders.length,
    writeTransactionsPerOrder: writeTransactions / orders.length,
    walKibPerOrder: walBytes / 1_024 / orders.length,
  };
}

/** Carries the orders to their end, with as little looking as the other benchmarks. */
async function load({ shop, pool }: Cell, orders: readonly OrderPlan[]): Promise<void> {
  const ends = orderEnds(pool);
  await closedLoop(orders.length, concurrency, async (index) => {
    const { orderId } = await shop.place(orders[index]!);
    await ends.until(orderId, () => true, endLimitMs);
  });
}

interface Snapshot {
  /** Of the service's processes and its stores, without those that serve the sandbox. */
  readonly cpuMs: number;
  readonly postgres: PostgresFigures;
}

async function snapshot({ ground, crew, pool }: Cell): Promise<Snapshot> {
  const outside = (await sandboxBackends(pool)).map(cpuOf);
  const { temporalPid } = ground;
  const own = [...crew.ownPids, ...(temporalPid === undefined ? [] : [temporalPid])].map(cpuOf);
  return {
    cpuMs: sumOf(own) + cpuOfTree(ground.postgres.pid) - sumOf(outside),
    postgres: await postgresFigures(pool),
  };
}
