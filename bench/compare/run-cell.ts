import { openCell, type Cell, type CellOptions } from './cell.js';
import { driveSeed, type DrivenSeed } from './drive.js';
import type { Ground } from './ground.js';
import { judge, type Judged } from './judge/judge.js';
import { stockDifferences, type StockDifference } from './judge/stock.js';
import { untilRest } from './rest.js';
import { limitMs } from './time-scale.js';

/** What became of a cell's seeds, in their order, and where the books of its stock do not agree. */
export interface CellOutcome {
  readonly judged: readonly Judged[];
  readonly stock: readonly StockDifference[];
}

/** Drives all seeds of a cell one behind the other, and judges them when everything has come to rest. */
export async function runCell(
  ground: Ground,
  options: CellOptions,
  onSeed: (seed: number) => void,
): Promise<CellOutcome> {
  const cell = await openCell(ground, options);
  try {
    const seeds: DrivenSeed[] = [];
    for (const plan of options.plans) {
      onSeed(plan.seed);
      const driven = await driveSeed(cell, plan);
      forgetEnded(cell, driven);
      seeds.push(driven);
    }
    for (const seed of seeds) await lastCall(cell, seed);
    return { judged: await judge(cell, seeds), stock: await stockDifferences(cell.pool) };
  } finally {
    await cell.stop();
  }
}

/** Nothing happens any more to most of them, and looking at them all costs time. */
function forgetEnded({ observer }: Cell, { orders }: DrivenSeed): void {
  const ended = orders.filter(({ orderId }) => observer.sight(orderId).isEnded);
  observer.unwatch(ended.map(({ orderId }) => orderId));
}

/** All have the same time, also those of an early seed that seemed to stand still. */
async function lastCall({ observer, arm }: Cell, { orders, placedMs }: DrivenSeed): Promise<void> {
  const open = orders.map(({ orderId }) => orderId).filter((id) => !observer.sight(id).isEnded);
  const patience = { stillMs: arm.stillMs, limitMs: placedMs + limitMs - Date.now() };
  if (open.length > 0) await untilRest(() => open.map((id) => observer.sight(id)), patience);
}
